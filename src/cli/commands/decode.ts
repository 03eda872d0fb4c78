import { Command } from "commander";
import type { Guid } from "../../bytes/guid.js";
import { UsageError } from "../../errors.js";
import { parseType, TYPE_NAMES } from "../../notifications/notification-types.js";
import type { CommandContext } from "../command.js";
import { ENCODINGS, type Encoding } from "../decode/saved-bytes.js";
import { examplesSection } from "../help.js";
import { choice, parsed, text } from "../options/parsers.js";
import { addReplyProgramOptions, replyOptions, type ReplyFlags } from "../options/reply-options.js";
import { addResourceOptions, resourceSettings, type ResourceFlags } from "../options/resource-options.js";
import { addEventFormatOptions, outputOptions, type OutputFlags } from "../options/watch-options.js";

interface DecodeFlags extends OutputFlags, ResourceFlags, ReplyFlags {
  encoding?: Encoding;
  type?: Guid;
  printer?: string;
}

/** `panwatch decode [FILE|-]`. */
export function decodeCommand(context: CommandContext): Command {
  const command = new Command()
    .description(
      "Decodes the bytes of a notification, or the notifications in lines of watch -o json, --record and --trace, from " +
        "a file or standard input, and prints them as watch does. One that breaks a rule of its format is printed as " +
        "unknown, and the exit code is 1.",
    )
    .argument("[file]", "a file, or - for standard input, which is the default")
    .optionsGroup("What to decode:")
    .addOption(choice("--encoding <encoding>", `${ENCODINGS.join(", ")} (default: auto)`, ENCODINGS))
    .addOption(parsed("--type <type>", `${TYPE_NAMES} or a GUID (default: told by the root element)`, typeOf))
    .addOption(parsed("--printer <name>", "the printer that the notification came from", text));
  addEventFormatOptions(addResourceOptions(command));
  return addReplyProgramOptions(command.optionsGroup("Replies (nothing is sent: reply.planned tells what would be):"))
    .addHelpText("after", EXAMPLES)
    .action(async (file: string | undefined, flags: DecodeFlags) => {
      const { runDecode } = await import("../decode/run-decode.js");
      const settings = {
        file: file ?? "-",
        encoding: flags.encoding ?? "auto",
        type: flags.type ?? null,
        printer: flags.printer ?? null,
        resources: resourceSettings(flags),
        reply: replyOptions({ ...flags, dryRun: true }),
        output: outputOptions(flags),
      };
      process.exitCode = await runDecode(settings, context);
    });
}

function typeOf(name: string, value: string): Guid {
  const guid = parseType(value);
  if (guid === null) throw new UsageError(`${name} takes ${TYPE_NAMES} or a GUID.`);
  return guid;
}

const EXAMPLES = examplesSection([
  ["what a balloon says", "panwatch decode balloon.xml"],
  ["what rules would answer to a message box", "panwatch decode box.xml --reply rules=rules.json"],
  ["what was said, from lines that were kept", "grep notification watch.jsonl | panwatch decode -o line"],
  ["a notification whose bytes were written down", "base64 balloon.xml | panwatch decode"],
]);
