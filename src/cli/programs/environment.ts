import { fieldOf } from "../../notifications/kinds.js";
import type { EventOrigin, Notified } from "../../watch/events.js";
import { sanitiseLines } from "../sanitise.js";

const MAX_VALUE_BYTES = 8 * 1024;

/** `PANWATCH_PASSWORD` and `PANWATCH_PASSWORD_FILE` are ours alone. */
const SECRET = /^PANWATCH_PASSWORD/i;

/**
 * The environment of a program that is run for a notification: ours without what concerns our password, and
 * `PANWATCH_EVENT_TYPE`, `_ID`, `_SERVER`, `_PRINTER`, `_TITLE`, `_BODY` and `_PROBLEM`. These are always set (empty for what there
 * is not), on one line, without control characters, and 8 KiB of UTF-8 at most.
 */
export function programEnvironment(
  event: EventOrigin & Notified,
  inherited: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && !SECRET.test(name)) environment[name] = value;
  }
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

function environmentValue(text: string): string {
  // Of megabytes from a server only the beginning is looked at.
  const line = sanitiseLines(text.slice(0, 8 * MAX_VALUE_BYTES)).replaceAll("\n", " ");
  const bytes = new Uint8Array(MAX_VALUE_BYTES);
  // encodeInto never cuts a character in half.
  const { written } = new TextEncoder().encodeInto(line, bytes);
  return new TextDecoder().decode(bytes.subarray(0, written));
}
