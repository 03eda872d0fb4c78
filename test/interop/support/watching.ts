import { inspect } from "node:util";
import type { WatchEvent } from "../../../src/watch/events.js";
import { watch, type WatchRequest } from "../../../src/watch/watch.js";
import type { WatchOutcome } from "../../../src/watch/watcher.js";
import { PASSWORD, USER } from "./pan-server.js";
import { saysWhatIsMissing } from "../../support/eventually.js";

/** All that a watch told, and how it ended. */
export interface Watched {
  readonly events: readonly WatchEvent[];
  readonly outcome: WatchOutcome;
}

/** Watches to the end; `onEvent` may call `close`. */
export async function watchToEnd(
  request: WatchRequest,
  onEvent?: (event: WatchEvent, close: (reason: string) => void) => void,
): Promise<Watched> {
  const watcher = watch({ user: USER, password: PASSWORD, kerberos: "off", ...request });
  const events: WatchEvent[] = [];
  using _ = saysWhatIsMissing(() => `the end of the watch, which told: ${inspect(events, { depth: 1 })}`);
  for await (const event of watcher.events) {
    events.push(event);
    onEvent?.(event, (reason) => void watcher.close(reason));
  }
  return { events, outcome: await watcher.outcome };
}

/** Events of one type, narrowed. */
export function of<T extends WatchEvent["type"]>(
  events: readonly WatchEvent[],
  type: T,
): Extract<WatchEvent, { type: T }>[] {
  return events.filter((event): event is Extract<WatchEvent, { type: T }> => event.type === type);
}
