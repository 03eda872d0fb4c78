import type { ChannelActor, ChannelChanged } from "../../../watch/events.js";
import type { Entry } from "./entry.js";

const ACTORS: Record<ChannelActor, string> = { self: "panwatch", other: "another client", server: "the server" };
const VERBS: Record<ChannelChanged["type"], string> = {
  "channel.opened": "opened",
  "channel.acquired": "taken",
  "channel.released": "released",
  "channel.closed": "closed",
};

/** A channel whose state changed. */
export function channelEntry(event: ChannelChanged, channel: string | null): Entry {
  const reason = event.reason === null ? "" : `: ${event.reason}`;
  const label = `Channel ${channel ?? ""} ${VERBS[event.type]} by ${ACTORS[event.by]}${reason}`;
  return { icon: "·", label, tone: "quiet", texts: [] };
}
