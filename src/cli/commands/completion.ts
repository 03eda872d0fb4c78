import { Argument, Command } from "commander";
import { UsageError } from "../../errors.js";
import type { CommandContext } from "../command.js";
import { helpSection } from "../help.js";
import { loadCommand } from "../program.js";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

/** `panwatch completion SHELL`. */
export function completionCommand(context: CommandContext): Command {
  return new Command()
    .description("Prints a script that makes a shell complete panwatch's commands and options.")
    .addArgument(new Argument("<shell>", SHELLS.join(", ")).choices(SHELLS).argParser(parseShell))
    .addHelpText("after", HELP)
    .action(async (shell: Shell) => {
      process.stdout.write(await script(shell, context));
    });
}

function parseShell(value: string): Shell {
  const shell = SHELLS.find((known) => known === value);
  if (shell === undefined) throw new UsageError("There are completion scripts for bash, zsh and fish only.");
  return shell;
}

const HELP = helpSection("To use it:", [
  ["bash", 'eval "$(panwatch completion bash)"   in ~/.bashrc'],
  ["zsh", 'eval "$(panwatch completion zsh)"    in ~/.zshrc, after compinit'],
  ["fish", "panwatch completion fish > ~/.config/fish/completions/panwatch.fish"],
]);

/** The script is made from the definitions of all commands, so that it always knows what they know. */
async function script(shell: Shell, context: CommandContext): Promise<string> {
  const { completionOf, helpCompletion } = await import("../completion/model.js");
  const own = await Promise.all(context.commands.map(async (entry) => completionOf(await loadCommand(entry, context))));
  const commands = [...own, helpCompletion(own)];
  switch (shell) {
    case "bash":
      return (await import("../completion/bash.js")).bashCompletion(commands);
    case "zsh":
      return (await import("../completion/zsh.js")).zshCompletion(commands);
    case "fish":
      return (await import("../completion/fish.js")).fishCompletion(commands);
  }
}
