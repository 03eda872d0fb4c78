import type { Command } from "commander";
import type { PasswordEnvironment } from "./environment.js";

/** What a command gets from `main` beside its own arguments. */
export interface CommandContext {
  /** The arguments before the first bare `--`, with the command's name first. They hold no secret. */
  readonly args: readonly string[];
  /** What stood behind the first bare `--` of `watch`: a hook with its arguments; null without one. */
  readonly hook: readonly string[] | null;
  /** The password variables of the environment. */
  readonly passwords: PasswordEnvironment;
  /** All commands there are. */
  readonly commands: readonly CommandEntry[];
}

/**
 * A command as the table in `commands.ts` knows it: enough for `panwatch --help`. What it imports to do its work is only
 * loaded when it is the one that runs.
 */
export interface CommandEntry {
  readonly name: string;
  /** Its arguments as help writes them. */
  readonly usage: string;
  readonly summary: string;
  /** Loads the command: its options with help, and an action that sets `process.exitCode` or throws. */
  readonly load: (context: CommandContext) => Promise<Command>;
}
