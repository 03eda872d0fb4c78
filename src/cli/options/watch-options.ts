import { Option, type Command } from "commander";
import type { Guid } from "../../bytes/guid.js";
import { UsageError } from "../../errors.js";
import { NOTIFICATION_KINDS } from "../../notifications/kinds.js";
import type { NotificationKind } from "../../notifications/model.js";
import { parseType, stylesOf, TYPE_NAMES, type Style } from "../../notifications/notification-types.js";
import { DEFAULT_MAX_SIZE, DEFAULT_RETRY, DEFAULT_TYPES } from "../../pan/defaults.js";
import type { UserFilter } from "../../pan/types.js";
import { parseDuration, parseDurationRange, parsePositiveDuration } from "../durations.js";
import { parseSize } from "../sizes.js";
import { parseFieldMatch, type FieldMatch } from "../replies/fields.js";
import { addResourceOptions, resourceSettings, type ResourceFlags, type ResourceSettings } from "./resource-options.js";
import { choice, choices, integer, parsed, repeated, text } from "./parsers.js";

/** What is watched. */
export interface WhatOptions {
  readonly types: readonly Guid[];
  readonly style: Style | "both";
  readonly userFilter: UserFilter;
  /** The kinds that become lines, null for all. */
  readonly kinds: readonly NotificationKind[] | null;
  /** What else a notification must be like to become a line: all of these. */
  readonly match: readonly FieldMatch[];
  readonly resources: ResourceSettings;
}

export type OutputFormat = "pretty" | "line" | "json";

/** How it is printed. */
export interface OutputOptions {
  readonly format: OutputFormat;
  readonly color: "auto" | "always" | "never";
  /** Whether icons and bitmaps are shown: on terminals that can; also elsewhere and in JSON lines; never. */
  readonly images: "auto" | "always" | "never";
  readonly quiet: boolean;
  /** How often -v was given. */
  readonly verbosity: number;
  readonly trace: string | null;
  /** Bytes of a notification at most. */
  readonly maxSize: number;
}

/** How long it runs; times are in milliseconds, null where there is no bound. */
export interface RunOptions {
  readonly count: number | null;
  readonly timeoutMs: number | null;
  readonly durationMs: number | null;
  /** Leave when no channel has been offered for so long. */
  readonly settleMs: number | null;
  /** Attempts in a row; Infinity for ever, 0 for never. */
  readonly retryLimit: number;
  readonly backoff: { readonly minMs: number; readonly maxMs: number };
  readonly waitForServer: boolean;
  /** Null for no heartbeats. */
  readonly heartbeatMs: number | null;
}

/** What commander makes of these options. */
export interface WhatFlags extends ResourceFlags {
  type?: Guid[];
  style?: WhatOptions["style"];
  userFilter?: WhatOptions["userFilter"];
  kind?: NotificationKind[];
  match?: FieldMatch[];
}

export interface OutputFlags {
  output?: OutputOptions["format"];
  color?: OutputOptions["color"];
  images?: OutputOptions["images"];
  quiet?: boolean;
  verbose?: number;
  trace?: string;
  maxSize?: number;
}

export interface RunFlags {
  count?: number;
  timeout?: number;
  duration?: number;
  retry?: number;
  backoff?: RunOptions["backoff"];
  waitForServer?: boolean;
  heartbeat?: number;
}

const KINDS = Object.keys(NOTIFICATION_KINDS) as NotificationKind[];

/** Adds the options that choose what is watched. */
export function addWhatOptions(command: Command): Command {
  command
    .optionsGroup("What to watch (options marked + can be repeated):")
    .addOption(new Option("--type <type>", `+ ${TYPE_NAMES} or a GUID (default: all of these)`).argParser(addType))
    .addOption(choice("--style <style>", "both (default), uni or bidi", ["both", "uni", "bidi"]))
    .addOption(
      choice("--user-filter <filter>", "per-user (default); all-users needs the right to administer", [
        "per-user",
        "all-users",
      ]),
    )
    .addOption(kindOption())
    .addOption(matchOption());
  return addResourceOptions(command);
}

/** The option that chooses notifications by their kind. */
export function kindOption(): Option {
  return choices("--kind <kind>", `+ only notifications of this kind: ${KINDS.join(", ")}`, KINDS);
}

/** The option that chooses notifications by what they say; of several, all must hold. */
export function matchOption(): Option {
  return repeated(
    "--match <field=text>",
    "+ only notifications like this: FIELD=TEXT or FIELD=/regex/",
    parseFieldMatch,
  );
}

/** Adds the options of the output. */
export function addOutputOptions(command: Command): Command {
  return addTraceOption(addEventFormatOptions(command)).addOption(
    parsed("--max-size <bytes>", "drop larger notifications with an error (default 16MiB)", parseSize),
  );
}

/** Adds the option of the trace, to the group that is open. */
export function addTraceOption(command: Command): Command {
  return command.addOption(
    parsed("--trace <file>", "write every PDU to this file as JSON lines, secrets left out", text),
  );
}

/** The formats of events, with what help says of them. */
const EVENT_FORMATS = "pretty (default), line: one event a line, or json: one object a line";

const WHEN = ["auto", "always", "never"];

/** Adds the options that say how events are printed. */
export function addEventFormatOptions(command: Command): Command {
  return addFormatOptions(command, EVENT_FORMATS, ["pretty", "line", "json"]).addOption(
    choice("--images <when>", "icons and bitmaps: auto (default, on terminals), always (in JSON too), never", WHEN),
  );
}

/** Adds the options that say how anything else is printed: there are no single lines of it. */
export function addOutputFormatOptions(command: Command): Command {
  return addFormatOptions(command, "pretty (default) or json: one object per line", ["pretty", "json"]);
}

function addFormatOptions(command: Command, description: string, formats: readonly OutputFormat[]): Command {
  return command
    .optionsGroup("Output (stdout is data only, everything else goes to stderr):")
    .addOption(choice("-o, --output <format>", description, formats))
    .addOption(choice("--color <when>", "auto (default), always or never", WHEN))
    .addOption(new Option("-q, --quiet", "only warnings and errors on stderr"))
    .addOption(new Option("-v, --verbose", "tell more; -vv for diagnosis").argParser(countUp));
}

/** Adds the options that say how long to run. */
export function addRunOptions(command: Command): Command {
  return command
    .optionsGroup("Running (times are written 500ms, 10s, 5m, 1h):")
    .addOption(parsed("-n, --count <n>", "end after this many notifications", integer(1, Number.MAX_SAFE_INTEGER)))
    .addOption(parsed("--timeout <time>", "with --count: exit 3 when it is not reached by then", parsePositiveDuration))
    .addOption(parsed("--duration <time>", "end after this time", parseDuration))
    .addOption(parsed("--retry <retries>", "forever (default, once it has worked), a number, or never", parseRetry))
    .addOption(parsed("--backoff <min..max>", "time between attempts (default 1s..60s)", parseDurationRange))
    .addOption(new Option("--wait-for-server", "retry the first connection too"))
    .addOption(parsed("--heartbeat <time>", "say so often that the watch is alive", parsePositiveDuration));
}

/** The options of what to watch with their defaults. Throws a UsageError. */
export function whatOptions(flags: WhatFlags): WhatOptions {
  const types = flags.type ?? DEFAULT_TYPES;
  const style = flags.style ?? "both";
  if (style === "bidi" && !types.some((type) => stylesOf(type).includes("bidi"))) {
    throw new UsageError("Printer configuration is notified in one direction only, so --style bidi leaves nothing.");
  }
  return {
    types,
    style,
    userFilter: flags.userFilter ?? "per-user",
    kinds: flags.kind ?? null,
    match: flags.match ?? [],
    resources: resourceSettings(flags),
  };
}

/** The output options with their defaults. Throws a UsageError. */
export function outputOptions(flags: OutputFlags): OutputOptions {
  if (flags.quiet && flags.verbose) throw new UsageError("--quiet and --verbose contradict each other.");
  return {
    format: flags.output ?? "pretty",
    color: flags.color ?? "auto",
    images: flags.images ?? "auto",
    quiet: flags.quiet ?? false,
    verbosity: flags.verbose ?? 0,
    trace: flags.trace ?? null,
    maxSize: flags.maxSize ?? DEFAULT_MAX_SIZE,
  };
}

/** The running options with their defaults. Throws a UsageError. */
export function runOptions(flags: RunFlags): RunOptions {
  if (flags.timeout !== undefined && flags.count === undefined) {
    throw new UsageError("--timeout says how long --count may take, so it needs --count.", {
      hint: "To end after some time in any case, use --duration.",
    });
  }
  if (flags.retry === 0 && flags.waitForServer) {
    throw new UsageError("--retry never and --wait-for-server contradict each other.");
  }
  return {
    count: flags.count ?? null,
    timeoutMs: flags.timeout ?? null,
    durationMs: flags.duration ?? null,
    settleMs: null,
    heartbeatMs: flags.heartbeat ?? null,
    retryLimit: flags.retry ?? DEFAULT_RETRY.limit,
    backoff: flags.backoff ?? { minMs: DEFAULT_RETRY.minMs, maxMs: DEFAULT_RETRY.maxMs },
    waitForServer: flags.waitForServer ?? DEFAULT_RETRY.waitForServer,
  };
}

function addType(value: string, previous: readonly Guid[] | undefined): Guid[] {
  const guid = parseType(value);
  if (guid === null) throw new UsageError(`--type takes ${TYPE_NAMES} or a GUID.`);
  return [...new Set([...(previous ?? []), guid])];
}

function countUp(_value: unknown, previous: number | undefined): number {
  return (previous ?? 0) + 1;
}

function parseRetry(name: string, value: string): number {
  if (value === "forever") return Number.POSITIVE_INFINITY;
  if (value === "never") return 0;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new UsageError(`${name} takes forever, never or a number of attempts.`);
}
