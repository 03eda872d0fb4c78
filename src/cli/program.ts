import { Command } from "commander";
import { UsageError } from "../errors.js";
import { CHAPTERS } from "./chapters.js";
import type { CommandContext, CommandEntry } from "./command.js";
import { configureCommand, examplesSection } from "./help.js";
import { meantBy } from "./misspelling.js";
import { version } from "./version.js";

/** The program with the one command that is to run; without one, with all of them by name and summary, for its help. */
export async function buildProgram(selected: CommandEntry | null, context: CommandContext): Promise<Command> {
  const program = new Command("panwatch")
    .description("Watch Windows print servers: what drivers and spoolers want to tell their users (MS-PAN).")
    .usage("COMMAND [options]")
    .version(version(), "-V, --version", "print the version");
  program.commandsGroup("Commands:");
  for (const entry of selected === null ? context.commands : [selected]) {
    program.addCommand(entry === selected ? await loadCommand(entry, context) : listed(entry));
  }
  program.addHelpText(
    "after",
    examplesSection([
      ["see what it does, without any server", "panwatch demo"],
      ["watch a print server as yourself", "panwatch watch printserver"],
      ["watch one printer, as JSON lines", "panwatch watch -o json CORP/alice@printserver/HP4 | jq ."],
      ["everything about a command", "panwatch watch --help"],
      ["a chapter of the manual", `panwatch help ${CHAPTERS.join("|")}`],
    ]),
  );
  return configureCommand(program);
}

/** The command that the first argument names; null when there is no argument or it is an option. Throws a UsageError. */
export function selectCommand({ args, commands }: CommandContext): CommandEntry | null {
  const [name] = args;
  if (name === undefined || name.startsWith("-")) return null;
  const entry = commands.find((command) => command.name === name);
  if (entry) return entry;
  // The argument is not repeated: it may be a TARGET that somebody has put a password into.
  throw new UsageError("The first argument is none of panwatch's commands.", { hint: commandHint(name, commands) });
}

function commandHint(name: string, commands: readonly CommandEntry[]): string {
  const names = commands.map((command) => command.name);
  const [meant] = meantBy(name, names);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  const watch = "To watch a print server, write: panwatch watch TARGET.";
  const looksLikeTarget = /[@/\\%:.]/.test(name);
  return looksLikeTarget ? watch : `${watch} The commands are ${names.join(", ")}.`;
}

/** A command with its options and help; its name and summary stand in the table of commands only. */
export async function loadCommand(entry: CommandEntry, context: CommandContext): Promise<Command> {
  const { name, usage, summary } = entry;
  const command = await entry.load(context);
  return command.name(name).summary(summary).usage(`[options] ${usage}`.trimEnd());
}

function listed({ name, usage, summary }: CommandEntry): Command {
  return new Command(name).summary(summary).usage(usage);
}
