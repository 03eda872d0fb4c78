import { Option, type Command } from "commander";
import { UsageError } from "../../errors.js";
import { parsePositiveDuration } from "../durations.js";
import { choice, parsed, text } from "./parsers.js";

/** Who answers, and how long that may take (in milliseconds). */
export interface ReplyOptions {
  /** The value of `--reply`: `none`, `button=B`, `rules=FILE` or `exec=PROG`. */
  readonly reply: string;
  readonly interactive: boolean;
  readonly timeoutMs: number;
  /** What a counted question means for the exit code that something should have answered and could not. */
  readonly errors: "warn" | "fail";
  readonly dryRun: boolean;
}

/** The program that runs for each printed notification. */
export interface HookOptions {
  /** The program and its arguments; null without one. */
  readonly command: readonly string[] | null;
  readonly timeoutMs: number;
  readonly errors: "warn" | "fail";
}

/** What commander makes of these options. */
export interface ReplyFlags {
  interactive?: boolean;
  reply?: string;
  replyTimeout?: number;
  replyErrors?: ReplyOptions["errors"];
  dryRun?: boolean;
}

export interface HookFlags {
  hookTimeout?: number;
  hookErrors?: HookOptions["errors"];
}

/** Adds the options that say who answers. */
export function addReplyOptions(command: Command): Command {
  command
    .optionsGroup("Replies (watching never answers unless told to):")
    .addOption(new Option("-i, --interactive", "ask on the terminal about whatever --reply leaves open"));
  return addReplyProgramOptions(command)
    .addOption(
      choice("--reply-errors <what>", "warn (default), or fail: exit 9 when no reply could be given", ["warn", "fail"]),
    )
    .addOption(new Option("--dry-run", "only tell what would be answered"));
}

/** Adds the options of what answers without a person, to the group that is open. */
export function addReplyProgramOptions(command: Command): Command {
  return command
    .addOption(parsed("--reply <how>", "none (default), button=B, rules=FILE or exec=PROG", text))
    .addOption(parsed("--reply-timeout <time>", "time a reply program has (default 30s)", parsePositiveDuration));
}

/** Adds the options of hooks. */
export function addHookOptions(command: Command): Command {
  return command
    .optionsGroup("Hooks (-- HOOK ARG… runs once for each notification, its JSON line on stdin):")
    .addOption(parsed("--hook-timeout <time>", "time a hook has (default 30s)", parsePositiveDuration))
    .addOption(choice("--hook-errors <what>", "warn (default), or fail: exit 10 at the end", ["warn", "fail"]));
}

/** The reply options with their defaults. */
export function replyOptions(flags: ReplyFlags): ReplyOptions {
  return {
    reply: flags.reply ?? "none",
    interactive: flags.interactive ?? false,
    timeoutMs: flags.replyTimeout ?? 30_000,
    errors: flags.replyErrors ?? "warn",
    dryRun: flags.dryRun ?? false,
  };
}

/** The hook options with their defaults; `command` is what stood after the bare `--`. Throws a UsageError. */
export function hookOptions(flags: HookFlags, command: readonly string[] | null): HookOptions {
  if (command !== null && (command[0] ?? "") === "") {
    throw new UsageError("After -- belongs the program to run for each notification.");
  }
  return { command, timeoutMs: flags.hookTimeout ?? 30_000, errors: flags.hookErrors ?? "warn" };
}
