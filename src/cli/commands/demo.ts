import { Command } from "commander";
import type { CommandContext } from "../command.js";
import { addEventFormatOptions, outputOptions, type OutputFlags } from "../options/watch-options.js";

/** `panwatch demo`. */
export function demoCommand(context: CommandContext): Command {
  const command = new Command().description(
    "Starts a print server on this machine and watches it over TCP, with an NTLM logon and everything sealed: a " +
      "balloon, a configuration change, a message box that is answered, custom data. Ends by itself.",
  );
  addEventFormatOptions(command);
  return command.action(async (flags: OutputFlags) => {
    const { runDemo } = await import("../demo/run-demo.js");
    process.exitCode = await runDemo(outputOptions(flags), context);
  });
}
