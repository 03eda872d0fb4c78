import { inspect } from "node:util";
import type { WatchEvent } from "../../../src/watch/events.js";
import { watch, type WatchRequest } from "../../../src/watch/watch.js";
import type { Watcher } from "../../../src/watch/watcher.js";
import { saysWhatIsMissing } from "../../support/eventually.js";

/** A watch of a server on this machine, as alice. */
export function watchLocal(port: number, request: Partial<WatchRequest> = {}): Watcher {
  return watch({
    server: "127.0.0.1",
    user: "alice",
    password: "x",
    kerberos: "off",
    retry: { limit: 0 },
    ...request,
    connection: { port, transferSyntax: "ndr", level: "packet", ...request.connection },
  });
}

/** All events to the end; `until` is asked after each, and true closes the watch. */
export async function eventsOf(
  watcher: Watcher,
  until: (event: WatchEvent, all: readonly WatchEvent[]) => boolean = () => false,
): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  using _ = saysWhatIsMissing(() => `the end of the watch, which told: ${inspect(events, { depth: 1 })}`);
  for await (const event of watcher.events) {
    events.push(event);
    if (until(event, events)) void watcher.close("closed");
  }
  return events;
}

/** Events of one type, narrowed. */
export function of<T extends WatchEvent["type"]>(
  events: readonly WatchEvent[],
  type: T,
): Extract<WatchEvent, { type: T }>[] {
  return events.filter((event): event is Extract<WatchEvent, { type: T }> => event.type === type);
}
