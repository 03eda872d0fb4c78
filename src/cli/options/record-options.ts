import type { Command } from "commander";
import { parseSize } from "../sizes.js";
import { parsed, text } from "./parsers.js";

/** Where notifications are recorded. */
export interface RecordOptions {
  readonly file: string | null;
  /** Bytes after which a new file is begun. */
  readonly maxBytes: number;
}

/** What commander makes of these options. */
export interface RecordFlags {
  record?: string;
  recordSize?: number;
}

/** Adds the options of recordings to the group that is open. */
export function addRecordOptions(command: Command): Command {
  return command
    .addOption(parsed("--record <file>", "keep each notification and event in this file, for panwatch replay", text))
    .addOption(
      parsed("--record-size <bytes>", "begin a new file after (default 64MiB); five old ones are kept", parseSize),
    );
}

/** These options with their defaults. */
export function recordOptions(flags: RecordFlags): RecordOptions {
  return { file: flags.record ?? null, maxBytes: flags.recordSize ?? 64 * 2 ** 20 };
}
