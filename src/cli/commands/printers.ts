import { Command } from "commander";
import { UsageError } from "../../errors.js";
import type { CommandContext } from "../command.js";
import { examplesSection, exitCodesSection } from "../help.js";
import { addConnectionOptions, connectionOptions, type ConnectionFlags } from "../options/connection-options.js";
import { addIdentityOptions, identityOptions, type IdentityFlags } from "../options/identity-options.js";
import { addOutputFormatOptions, addTraceOption, outputOptions, type OutputFlags } from "../options/watch-options.js";
import { parseTarget, type Target } from "../target.js";

/** `panwatch printers TARGET`. */
export function printersCommand(context: CommandContext): Command {
  const command = new Command()
    .description(
      "Lists the queues that a server shares, with name and comment: those that watch can take as server/QUEUE. Asks by " +
        "MS-PAR, and by MS-RPRN where that is missing, always sealed.",
    )
    .argument("<target>", "[[DOMAIN/]user@]server or //server");
  addIdentityOptions(command);
  addConnectionOptions(command);
  addTraceOption(addOutputFormatOptions(command));
  return command
    .addHelpText("after", `${EXAMPLES}\n${exitCodesSection()}`)
    .action(async (target: string, flags: IdentityFlags & ConnectionFlags & OutputFlags) => {
      const settings = {
        target: wholeServer(parseTarget(target)),
        identity: identityOptions(flags),
        connection: connectionOptions(flags),
        output: outputOptions(flags),
      };
      const { runPrinters } = await import("../printers/run-printers.js");
      process.exitCode = await runPrinters(settings, context);
    });
}

function wholeServer(target: Target): Target {
  if (target.printer === null) return target;
  throw new UsageError("printers lists the queues of a server, but the TARGET names one of them.", {
    hint: "Leave out what follows the server's '/'.",
  });
}

const EXAMPLES = examplesSection([
  ["what is there to watch", "panwatch printers CORP/alice@printserver"],
  ["the names alone", "panwatch printers -o json printserver | jq -r .name"],
]);
