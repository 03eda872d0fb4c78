import { Command } from "commander";
import { UsageError } from "../../errors.js";
import type { CommandContext } from "../command.js";
import { parsePositiveDuration } from "../durations.js";
import { examplesSection, exitCodesSection } from "../help.js";
import { addConnectionOptions } from "../options/connection-options.js";
import { addIdentityOptions } from "../options/identity-options.js";
import { parsed } from "../options/parsers.js";
import { addResourceOptions } from "../options/resource-options.js";
import { addOutputOptions, matchOption } from "../options/watch-options.js";
import { readChoice } from "../replies/option.js";
import { boxSettings, type BoxFlags } from "../waiting-boxes/settings.js";

interface AnswerFlags extends BoxFlags {
  button?: string;
  timeout?: number;
}

/** How long a message box is waited for unless something else is asked for, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** `panwatch answer TARGET --match … --button B`. */
export function answerCommand(context: CommandContext): Command {
  const command = new Command()
    .description(
      "Presses a button of the first message box that matches, whether it waits already or comes within the time, and " +
        "leaves. All other boxes are left to others. When somebody else was faster, or the box has no such button, the " +
        "exit code is 9; when none came in time, 3.",
    )
    .argument("<target>", "[[DOMAIN/]user@]server[/printer], //server/printer or '\\\\server\\printer'");
  addIdentityOptions(command);
  addConnectionOptions(command);
  command
    .optionsGroup("What to answer (options marked + can be repeated):")
    .addOption(matchOption())
    .addOption(parsed("--button <button>", "the button to press: IDOK, IDCANCEL, an integer, or =Label", buttonText))
    .addOption(parsed("--timeout <time>", "how long to wait for the box (default 10s)", parsePositiveDuration));
  return addOutputOptions(addResourceOptions(command))
    .addHelpText("after", `${EXAMPLES}\n${exitCodesSection()}`)
    .action(async (target: string, flags: AnswerFlags) => {
      const { match = [], button, timeout = DEFAULT_TIMEOUT_MS } = flags;
      if (match.length === 0 || button === undefined) {
        throw new UsageError("answer needs --match, to say which message box, and --button.", {
          hint: "The boxes that wait, each with the command that answers it, are printed by panwatch pending TARGET.",
        });
      }
      const run = { count: 1, timeoutMs: timeout };
      const settings = boxSettings(target, flags, run, { reply: `button=${button}`, replyErrors: "fail" });
      const { runWatch } = await import("../watch/run-watch.js");
      process.exitCode = await runWatch(settings, context);
    });
}

function buttonText(name: string, value: string): string {
  readChoice(name, value);
  return value;
}

const EXAMPLES = examplesSection([
  ["press OK in the box about the paper", "panwatch answer printserver --match 'title=/paper/i' --button IDOK"],
  ["a button by its label", "panwatch answer printserver/HP4 --match 'title=Toner low' --button '=Go on'"],
]);
