import { CommanderError } from "commander";
import { UsageError } from "../errors.js";
import { CHAPTERS, chapterText, isChapter } from "./chapters.js";
import type { CommandContext } from "./command.js";
import { COMMANDS } from "./commands.js";
import { Diagnostics } from "./diagnostics.js";
import { takePasswordEnvironment } from "./environment.js";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import { HELP_COLUMNS } from "./help.js";
import { meantBy } from "./misspelling.js";
import { buildProgram, selectCommand } from "./program.js";
import { fromCommander, refusePasswordOptions } from "./usage-errors.js";

/**
 * The command line. Sets `process.exitCode` and returns when the command is done; the process ends by itself once
 * everything is written.
 */
export async function main(argv: string[]): Promise<void> {
  const passwords = takePasswordEnvironment(process.env);
  const { args, hook } = splitHook(helpAsOption(argv));
  const diagnostics = new Diagnostics(process.stderr, verbosityOf(args));
  guardStreams(diagnostics);
  try {
    await run({ args, hook, passwords, commands: COMMANDS });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const command = args[0]?.startsWith("-") === true ? null : (args[0] ?? null);
    const failure = error instanceof CommanderError ? fromCommander(error, command) : error;
    diagnostics.failure(failure);
    process.exitCode = exitCodeOf(failure);
  }
}

async function run(context: CommandContext): Promise<void> {
  const [first, chapter] = context.args;
  if (first === "help") {
    if (!isChapter(chapter)) throw noChapter(chapter ?? "");
    process.stdout.write(chapterText(chapter, Math.min(process.stdout.columns || HELP_COLUMNS, LONGEST_LINE)));
    return;
  }
  refusePasswordOptions(context.args);
  const program = await buildProgram(selectCommand(context), context);
  if (context.args.length === 0) {
    process.stderr.write(program.helpInformation({ error: true }));
    process.exitCode = EXIT.usage;
    return;
  }
  await program.parseAsync([...context.args], { from: "user" });
}

function noChapter(name: string): UsageError {
  const [meant] = meantBy(name, [...CHAPTERS, ...COMMANDS.map((command) => command.name)]);
  const hint = meant === undefined ? `The chapters are ${CHAPTERS.join(", ")}.` : `Did you mean ${meant}?`;
  return new UsageError("There is no chapter and no command of that name.", { hint });
}

/** In a wide terminal the lines of a chapter get no longer than people like to read. */
const LONGEST_LINE = 120;

/** The commands whose arguments may end with a hook. */
const TAKE_HOOKS = ["watch", "replay", "service"];

/**
 * Cuts the arguments of `watch` and `replay` at the first bare `--`: behind it is a hook with arguments of its own, which commander would
 * mix with ours. For the other commands `--` has its usual meaning.
 */
function splitHook(argv: readonly string[]): Pick<CommandContext, "args" | "hook"> {
  const end = TAKE_HOOKS.includes(argv[0] ?? "") ? argv.indexOf("--") : -1;
  return end < 0 ? { args: argv, hook: null } : { args: argv.slice(0, end), hook: argv.slice(end + 1) };
}

/** `help watch` is `watch --help`; `help rules` is a chapter of the manual, as anything else must be. */
function helpAsOption(argv: readonly string[]): readonly string[] {
  const [first, topic] = argv;
  if (first !== "help") return argv;
  if (topic === undefined) return ["--help"];
  return COMMANDS.some(({ name }) => name === topic) ? [topic, "--help"] : argv;
}

/** How often -v stands among the arguments; needed before they are parsed, to tell about errors in them. */
function verbosityOf(args: readonly string[]): number {
  const counts = args.map((arg) => (arg === "--verbose" ? 1 : /^-v+$/.test(arg) ? arg.length - 1 : 0));
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * A reader who has closed his end of stdout or stderr is no error. Anything else that nobody has caught is a bug: it is
 * told in one sentence, and the process ends.
 */
function guardStreams(diagnostics: Diagnostics): void {
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || process.stdout.listenerCount("error") > 1) return;
    diagnostics.line(`panwatch: stdout cannot be written (${error.code ?? error.message}).`);
    process.exitCode = EXIT.failure;
  });
  process.on("uncaughtException", (error) => {
    diagnostics.failure(error);
    process.exit(EXIT.failure);
  });
}
