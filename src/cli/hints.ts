import type { WatchEvent } from "../watch/events.js";

/** What hints call an option of the library, and the command's option for it. */
const FLAGS: readonly (readonly [name: string, flag: string])[] = [
  ["retry.waitForServer", "--wait-for-server"],
  ["retry.limit", "--retry"],
];

/** A hint of the library in the words of the command line. */
export function withFlags(hint: string): string {
  return FLAGS.reduce((text, [name, flag]) => text.replaceAll(name, flag), hint);
}

/** The same event, its hint in the words of the command line. */
export function eventWithFlags(event: WatchEvent): WatchEvent {
  return event.type === "error" && event.hint !== null ? { ...event, hint: withFlags(event.hint) } : event;
}
