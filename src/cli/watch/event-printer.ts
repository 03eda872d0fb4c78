import type { EventOrigin, WatchEvent } from "../../watch/events.js";
import { describeFailure, type Diagnostics } from "../diagnostics.js";
import type { DroppedLines, LineOutput } from "../output.js";
import type { JsonLines } from "../render/json.js";
import { placeText } from "../render/place.js";

/** Makes the text of an event for people. */
export interface EventText {
  text(event: WatchEvent): string;
}

/** Where events go, and in which form. */
export interface EventPrinterOptions {
  readonly output: LineOutput;
  readonly diagnostics: Diagnostics;
  readonly json: JsonLines;
  /** Text for people on stdout and on stderr; null where JSON lines are wanted. */
  readonly texts: { readonly stdout: EventText; readonly stderr: EventText } | null;
  readonly quiet: boolean;
  readonly verbosity: number;
  /** Whether errors need to say which TARGET they are about. */
  readonly manyTargets: boolean;
}

/**
 * Prints events: as JSON lines all of them on stdout; for people what came and what was answered on stdout, and how the
 * watch is getting on on stderr. Errors are told on stderr in either case.
 */
export class EventPrinter {
  readonly #options: EventPrinterOptions;

  constructor(options: EventPrinterOptions) {
    this.#options = options;
  }

  /** Whether an event is printed at all: only then it gets a line, whose `seq` counts it. */
  wants(event: WatchEvent): boolean {
    return this.#options.verbosity > 0 || !isLaterAttempt(event);
  }

  /** Prints an event whose JSON line is `line`, which may be left out where no JSON lines are wanted. */
  print(event: WatchEvent, line: string | null): void {
    if (!this.wants(event)) return;
    const { texts, output, json } = this.#options;
    if (texts === null) {
      const text = line ?? json.line(event);
      output.write({ text, about: about(event), time: event.time, last: isLast(event) });
    } else if (isForStdout(event, this.#options.verbosity)) {
      const text = texts.stdout.text(event);
      output.write({ text, about: about(event), time: event.time, last: isLast(event) });
    }
    this.#printOnStderr(event);
  }

  #printOnStderr(event: WatchEvent): void {
    const { texts, diagnostics, quiet, verbosity, manyTargets } = this.#options;
    if (event.type === "error" && (event.fatal || texts === null)) {
      const where = manyTargets ? `${placeText(event)}: ` : "";
      diagnostics.line(`panwatch: ${where}${describeFailure(event.message, event.hint)}`);
    } else if (texts !== null && isForStderr(event, quiet, verbosity)) {
      diagnostics.block(texts.stderr.text(event));
    }
  }
}

/** The one line in place of lines that a slow reader did not take. */
export function describeGap(dropped: DroppedLines, json: JsonLines, text: EventText | null): string {
  const { from, to, about: places, count } = dropped;
  const [only = "[null,null]", ...others] = places;
  const [server, printer] = (others.length > 0 ? [null, null] : JSON.parse(only)) as [string | null, string | null];
  const origin = { time: new Date(), server, printer, registration: null, channel: null };
  const gap = { type: "gap", from, to, mayHaveLost: true, cause: "reader" } as const;
  if (text === null) return json.lineOf(origin, gap);
  const line = text.text({ ...origin, server: server ?? "several servers", ...gap });
  return `${line} (${count} entries were not taken by the reader of stdout)`;
}

function about({ server, printer }: EventOrigin): string {
  return JSON.stringify([server, printer]);
}

/** A lost connection is told once; that it is tried again and again is for those who want to know more. */
function isLaterAttempt(event: WatchEvent): boolean {
  return event.type === "reconnecting" && event.registration === null && event.attempt > 1;
}

/** The few lines that a reader must not miss, however slow he was. */
function isLast(event: WatchEvent): boolean {
  return event.type === "unregistered" || (event.type === "error" && event.fatal);
}

function isForStdout(event: WatchEvent, verbosity: number): boolean {
  switch (event.type) {
    case "notification":
    case "reply.sent":
    case "reply.rejected":
    case "reply.planned":
    case "gap":
      return true;
    case "channel.acquired":
      return event.by === "other" || verbosity > 0;
    case "channel.opened":
    case "channel.released":
    case "channel.closed":
      return verbosity > 0;
    default:
      return false;
  }
}

function isForStderr(event: WatchEvent, quiet: boolean, verbosity: number): boolean {
  switch (event.type) {
    case "error":
    case "heartbeat":
      return true;
    case "reconnecting":
      return !quiet;
    case "registered":
      return verbosity > 0;
    case "unregistered":
    case "hook.finished":
      return verbosity > 0;
    default:
      return false;
  }
}
