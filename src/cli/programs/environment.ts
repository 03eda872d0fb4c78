import { fieldOf } from "../../notifications/kinds.js";
import type { EventOrigin, Notified } from "../../watch/events.js";
import { sanitiseLines } from "../sanitise.js";

const MAX_VALUE_BYTES = 8 * 1024;

/** `PANWATCH_PASSWORD` and `PANWATCH_PASSWORD_FILE` are ours alone. */
const SECRET = /^PANWATCH_PASSWORD/i;

/**
 * The environments of programs that are run for notifications: ours without what concerns our password, and `PANWATCH_EVENT_TYPE`,
 * `_ID`, `_SERVER`, `_PRINTER`, `_TITLE`, `_BODY` and `_PROBLEM`. These are always set (empty for what there is not), on one line,
 * without control characters, and 8 KiB of UTF-8 at most.
 */
export class ProgramEnvironment {
  readonly #inherited: readonly (readonly [string, string])[];

  /** Ours is read once: that takes 40 µs, and while tickets are looked for its KRB5CCNAME is not the user's. */
  constructor(inherited: NodeJS.ProcessEnv = process.env) {
    this.#inherited = Object.entries(inherited).flatMap(([name, value]) =>
      value === undefined || SECRET.test(name) ? [] : [[name, value]],
    );
  }

  /** What a program gets that is run for this notification. */
  for(event: EventOrigin & Notified): Record<string, string> {
    const environment = Object.fromEntries(this.#inherited);
    const { notification } = event;
    const text = (name: string): string => String(fieldOf(notification, name) ?? "");
    const own = {
      TYPE: `notification.${notification.kind}`,
      ID: event.id,
      SERVER: event.server,
      PRINTER: event.printer ?? "",
      TITLE: text("title"),
      BODY: text("body"),
      PROBLEM: notification.problem ?? "",
    };
    for (const [name, value] of Object.entries(own)) environment[`PANWATCH_EVENT_${name}`] = environmentValue(value);
    return environment;
  }
}

function environmentValue(text: string): string {
  // Of megabytes from a server only the beginning is looked at.
  const line = sanitiseLines(text.slice(0, 8 * MAX_VALUE_BYTES)).replaceAll("\n", " ");
  if (Buffer.byteLength(line) <= MAX_VALUE_BYTES) return line;
  const bytes = new Uint8Array(MAX_VALUE_BYTES);
  // encodeInto never cuts a character in half.
  const { written } = new TextEncoder().encodeInto(line, bytes);
  return new TextDecoder().decode(bytes.subarray(0, written));
}
