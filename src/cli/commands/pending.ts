import { Command } from "commander";
import type { CommandContext } from "../command.js";
import { examplesSection, exitCodesSection } from "../help.js";
import { addConnectionOptions } from "../options/connection-options.js";
import { addIdentityOptions } from "../options/identity-options.js";
import { addResourceOptions } from "../options/resource-options.js";
import { addOutputOptions, matchOption } from "../options/watch-options.js";
import { boxSettings, type BoxFlags } from "../waiting-boxes/settings.js";

/** How long GetNewChannel stays parked when nothing waits, in milliseconds. */
const SETTLE_MS = 1000;

/** `panwatch pending TARGET`. */
export function pendingCommand(context: CommandContext): Command {
  const command = new Command()
    .description(
      "Prints the message boxes that wait for an answer, and leaves when the server has named no further one for a " +
        "second. Nothing is answered or taken away from anybody.",
    )
    .argument("<target>", "[[DOMAIN/]user@]server[/printer], //server/printer or '\\\\server\\printer'");
  addIdentityOptions(command);
  addConnectionOptions(command);
  addResourceOptions(command.optionsGroup("What to list (options marked + can be repeated):").addOption(matchOption()));
  return addOutputOptions(command)
    .addHelpText("after", `${EXAMPLES}\n${exitCodesSection()}`)
    .action(async (target: string, flags: BoxFlags) => {
      const settings = boxSettings(target, flags, { settleMs: SETTLE_MS });
      const { runWatch } = await import("../watch/run-watch.js");
      process.exitCode = await runWatch(settings, context);
    });
}

const EXAMPLES = examplesSection([
  ["what waits on a server", "panwatch pending printserver"],
  ["how many", "panwatch pending -o json printserver | jq -s 'map(select(.id)) | length'"],
]);
