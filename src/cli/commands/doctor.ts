import { Command, Option } from "commander";
import type { CommandContext } from "../command.js";
import { examplesSection, exitCodesSection } from "../help.js";
import { addConnectionOptions, connectionOptions, type ConnectionFlags } from "../options/connection-options.js";
import { addIdentityOptions, identityOptions, type IdentityFlags } from "../options/identity-options.js";
import { addOutputFormatOptions, addTraceOption, outputOptions, type OutputFlags } from "../options/watch-options.js";
import { parsed, text } from "../options/parsers.js";
import { EVERY_QUEUE } from "../../watch/queues.js";
import { parseTarget, type Target } from "../target.js";

type DoctorFlags = IdentityFlags & ConnectionFlags & OutputFlags & { probe?: boolean; report?: string };

/** `panwatch doctor TARGET`. */
export function doctorCommand(context: CommandContext): Command {
  const command = new Command()
    .description(
      "Goes the way to a print server's notifications step by step: name, endpoint mapper, endpoint map, port, bind and " +
        "logon, create, register, unregister, delete. Says what each step found; at the first that fails what it means, " +
        "why it may have failed and what to look at; and in a table what the account may watch. Leaves nothing behind.",
    )
    .argument("<target>", "[[DOMAIN/]user@]server[/printer], //server/printer or '\\\\server\\printer'");
  addIdentityOptions(command);
  addConnectionOptions(command);
  addTraceOption(addOutputFormatOptions(command))
    .addOption(new Option("--probe", "try every variant of the way too: ten minutes with a Windows server help us all"))
    .addOption(parsed("--report <file>", "write what was found as JSON to share, names replaced", text));
  return command
    .addHelpText("after", `${EXAMPLES}\n${exitCodesSection()}`)
    .action(async (target: string, flags: DoctorFlags) => {
      const settings = {
        target: examined(parseTarget(target)),
        identity: identityOptions(flags),
        connection: connectionOptions(flags),
        output: outputOptions(flags),
        probe: flags.probe ?? false,
        report: flags.report ?? null,
      };
      const { runDoctor } = await import("../doctor/run-doctor.js");
      process.exitCode = await runDoctor(settings, context);
    });
}

/** Each queue of a server is examined as the server: itself, and one of its queues. */
function examined(target: Target): Target {
  return target.printer === EVERY_QUEUE ? { ...target, printer: null } : target;
}

const EXAMPLES = examplesSection([
  ["why does watching fail?", "panwatch doctor CORP/alice@printserver"],
  ["the same for one printer", "panwatch doctor CORP/alice@printserver/HP4"],
  ["for whoever is to help", "panwatch doctor printserver --trace trace.jsonl"],
  ["a file to share, of everything that can be tried", "panwatch doctor --probe --report report.json printserver"],
  ["in a health check", "panwatch doctor -o json printserver | jq -e 'select(.type == \"doctor.result\").ok'"],
]);
