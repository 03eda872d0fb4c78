import { hex32 } from "../../../bytes/hex.js";
import type { Replied } from "../../../watch/events.js";
import { formatDuration } from "../../durations.js";
import { plain, type Entry } from "./entry.js";

/** A reply that was sent, refused, or only planned. */
export function replyEntry(event: Replied): Entry {
  const what = event.button === null ? "a text" : `${event.button.label} (${event.button.id})`;
  const text = event.text === null ? [] : [plain(event.text)];
  switch (event.type) {
    case "reply.sent": {
      const label = `Reply to ${event.replyTo}: ${what}, accepted after ${formatDuration(event.latencyMs)}`;
      return { icon: "✓", label, tone: "good", texts: text };
    }
    case "reply.planned":
      return { icon: "·", label: `Would reply to ${event.replyTo}: ${what} (dry run)`, tone: "quiet", texts: text };
    case "reply.rejected": {
      const label = `Reply to ${event.replyTo} not accepted: ${what}`;
      const result = event.result === null ? [] : [plain(`${hex32(event.result.code)} ${event.result.name}`)];
      const message = event.message === null ? [] : [plain(event.message)];
      return { icon: "✗", label, tone: "bad", texts: [...message, ...result] };
    }
  }
}
