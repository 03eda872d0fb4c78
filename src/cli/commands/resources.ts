import { Command } from "commander";
import { UsageError } from "../../errors.js";
import type { CommandContext } from "../command.js";
import { examplesSection, exitCodesSection } from "../help.js";
import { addConnectionOptions, connectionOptions, type ConnectionFlags } from "../options/connection-options.js";
import { addIdentityOptions, identityOptions, type IdentityFlags } from "../options/identity-options.js";
import { addOutputFormatOptions, addTraceOption, outputOptions, type OutputFlags } from "../options/watch-options.js";
import { parseTarget, type Target } from "../target.js";

/** `panwatch resources TARGET DIR`. */
export function resourcesCommand(context: CommandContext): Command {
  const command = new Command()
    .description(
      "Fetches the files of a server's printer drivers that notifications can name, for watch --resources DIR: asks for the " +
        "drivers by MS-PAR or MS-RPRN, and gets new and changed files from print$ by smbclient, with the same credentials. Nothing of them is run.",
    )
    .argument("<target>", "[[DOMAIN/]user@]server or //server")
    .argument("<dir>", "the folder to put them into");
  addIdentityOptions(command);
  addConnectionOptions(command);
  addTraceOption(addOutputFormatOptions(command));
  return command
    .addHelpText("after", `${EXAMPLES}\n${exitCodesSection()}`)
    .action(async (target: string, folder: string, flags: IdentityFlags & ConnectionFlags & OutputFlags) => {
      const settings = {
        target: wholeServer(parseTarget(target)),
        folder,
        identity: identityOptions(flags),
        connection: connectionOptions(flags),
        output: outputOptions(flags),
      };
      const { runResources } = await import("../resources/run-resources.js");
      process.exitCode = await runResources(settings, context);
    });
}

function wholeServer(target: Target): Target {
  if (target.printer === null) return target;
  throw new UsageError("resources fetches the files of a whole server, but the TARGET names a printer.", {
    hint: "Leave out what follows the server's '/'.",
  });
}

const EXAMPLES = examplesSection([
  [
    "the driver's own words",
    "panwatch resources printserver drivers && panwatch watch --resources drivers printserver",
  ],
  ["every night", "panwatch resources -k -q printserver /var/lib/panwatch/drivers"],
]);
