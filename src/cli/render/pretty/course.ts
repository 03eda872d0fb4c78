import type {
  Failed,
  Gap,
  Heartbeat,
  HookFinished,
  Reconnecting,
  Registered,
  Unregistered,
} from "../../../watch/events.js";
import { formatDuration } from "../../durations.js";
import { withFlags } from "../../hints.js";
import { plain, type Entry } from "./entry.js";
import { clockTime } from "./time.js";

/* The course of a watch: registrations that begin and end, connections that are lost, errors. */

export function registeredEntry({
  notificationType,
  style,
  userFilter,
  attempt,
  auth,
  transferSyntax,
}: Registered): Entry {
  const again = attempt === 1 ? "Registered" : `Registered again (${attempt})`;
  const what = `${notificationType.name ?? notificationType.guid}, ${style}, ${userFilter}`;
  const who = auth.user === null ? "" : ` as ${auth.user}`;
  const label = `${again}: ${what}${who}, ${auth.mechanism}, ${auth.level}, ${transferSyntax}`;
  return { icon: "·", label, tone: "quiet", texts: [] };
}

export function unregisteredEntry({ reason, counts }: Unregistered): Entry {
  const parts = [
    numbered(counts.notifications, "notification"),
    numbered(counts.replies, "reply", "replies"),
    numbered(counts.errors, "error"),
    numbered(counts.reconnects, "reconnection"),
  ];
  return { icon: "·", label: `Unregistered (${reason}): ${parts.join(", ")}`, tone: "quiet", texts: [] };
}

export function reconnectingEntry({ attempt, delayMs, reason }: Reconnecting, ofServer: boolean): Entry {
  const lost = ofServer && attempt === 1 ? "No connection; trying" : "Trying";
  const label = `${lost} again in ${formatDuration(delayMs)} (attempt ${attempt})`;
  return { icon: "↻", label, tone: "warning", texts: [plain(reason)] };
}

export function heartbeatEntry({ registered, since, attempt, counts }: Heartbeat): Entry {
  const state = registered > 0 ? `alive, ${numbered(registered, "registration")}` : "not connected";
  const from = since === null ? "" : ` since ${clockTime(since)}`;
  const tries = attempt === 0 ? "" : `, ${numbered(attempt, "attempt")}`;
  const label = `Still watching: ${state}${from}${tries}; ${numbered(counts.notifications, "notification")} so far`;
  return { icon: "·", label, tone: "quiet", texts: [] };
}

export function gapEntry({ from, to, mayHaveLost, cause }: Gap): Entry {
  const lost = mayHaveLost ? "notifications may have been missed" : "nothing was missed";
  const isBack = cause === "connection" || cause === "registration";
  const what = isBack ? `Back after ${formatDuration(to.getTime() - from.getTime())}, gap` : "Gap";
  const label = `${what} from ${clockTime(from)} to ${clockTime(to)}: ${lost}`;
  return { icon: "…", label, tone: "warning", texts: [] };
}

export function failedEntry({ message, hint, stage }: Failed): Entry {
  const texts = hint === null ? [] : [plain(withFlags(hint))];
  return { icon: "✗", label: `Error (${stage}): ${message}`, tone: "bad", texts };
}

export function hookEntry({ for: id, exit, signal, timedOut, ms }: HookFinished): Entry {
  const took = formatDuration(ms);
  if (exit === 0) return { icon: "·", label: `Hook for ${id} done after ${took}`, tone: "quiet", texts: [] };
  const how = timedOut
    ? "took too long"
    : signal !== null
      ? `was ended by ${signal}`
      : `failed with exit status ${exit ?? "?"}`;
  return { icon: "✗", label: `Hook for ${id} ${how} (${took})`, tone: "bad", texts: [] };
}

function numbered(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
