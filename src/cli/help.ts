import { styleText } from "node:util";
import { Option, type Command, type HelpConfiguration } from "commander";
import { EXIT_CODE_TABLE } from "./exit-codes.js";
import { termList } from "./render/term-list.js";

/** How help looks; commander takes the styles out again where no colour is wanted (NO_COLOR, a pipe). */
const LOOKS: HelpConfiguration = {
  // The descriptions name the choices and the defaults themselves.
  optionDescription: (option) => option.description,
  styleTitle: (text) => styleText("bold", text),
  styleCommandText: (text) => styleText("cyan", text),
  styleSubcommandTerm: (text) => styleText("cyan", text),
  styleSubcommandText: (text) => styleText("cyan", text),
  styleOptionTerm: (text) => styleText("cyan", text),
  styleArgumentTerm: (text) => styleText("cyan", text),
};

/** Gives a command, and what is under it, panwatch's manners: errors are thrown and nothing is printed beside them. */
export function configureCommand(command: Command): Command {
  command
    .configureHelp(LOOKS)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpOption(new Option("-h, --help", "show this help").helpGroup("Help:"))
    .helpCommand(false)
    .allowExcessArguments(false);
  for (const subcommand of command.commands) configureCommand(subcommand);
  return command;
}

/** Columns of what commander does not lay out. */
export const HELP_COLUMNS = 80;

/** A section of help: a title and rows of terms with what they mean. */
export function helpSection(title: string, rows: readonly (readonly [term: string, text: string])[]): string {
  const lines = termList(rows, HELP_COLUMNS, (term) => styleText("cyan", term));
  return `\n${styleText("bold", title)}\n${lines.join("\n")}`;
}

/** A section of command lines, each under a line that says what it does. */
export function examplesSection(examples: readonly (readonly [what: string, line: string])[]): string {
  const lines = examples.map(([what, line]) => `  ${styleText("dim", `# ${what}`)}\n  ${line}`);
  return `\n${styleText("bold", "Examples:")}\n${lines.join("\n")}`;
}

/** The exit codes that watch and doctor end with. */
export function exitCodesSection(): string {
  return helpSection("Exit codes:", EXIT_CODE_TABLE);
}
