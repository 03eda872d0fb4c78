import type { Notification } from "../../notifications/model.js";
import type { EventOrigin, WatchEvent } from "../../watch/events.js";
import { sanitise } from "../sanitise.js";
import { textFor } from "./pretty/entry.js";
import { entryOf } from "./pretty/pretty.js";
import { zonedTime } from "./pretty/time.js";

/**
 * An event on one line, for grep and log files: time, type, place and texts, with tabs between them. A notification is
 * told by its title and body where it has them; everything else in the words of the pretty output.
 */
export function lineText(event: WatchEvent): string {
  const type = event.type === "notification" ? event.notification.kind : event.type;
  return [zonedTime(event.time), type, place(event), ...texts(event)].map(sanitise).join("\t").trimEnd();
}

/** `printserver/HP4`; `printserver` for the server itself. */
function place({ server, printer }: EventOrigin): string {
  return printer === null ? server : `${server}/${printer}`;
}

function texts(event: WatchEvent): string[] {
  if (event.type === "notification" && "title" in event.notification) return worded(event.notification);
  const entry = entryOf(event, null);
  const told = entry.texts.map((text) => textFor(text, Infinity));
  return event.type === "notification" ? told : [entry.label, ...told];
}

/** Title and body in columns of their own, empty or not; buttons behind them. */
function worded(notification: Extract<Notification, { title: string }>): string[] {
  const { title, body } = notification;
  if (notification.kind !== "messageBox") return [title, body];
  return [title, body, notification.buttons.map(({ id, label }) => `${label} (${id})`).join(", ")];
}
