import { EventQueue } from "./event-queue.js";
import type { EventCounts, EventOrigin, WatchEvent, WatchEventBody } from "./events.js";

/** What a slow reader may leave waiting before notifications are dropped and a `gap` tells of it. */
export const READER_BOUNDS = { events: 10_000, bytes: 64 * 1024 * 1024 } as const;

/** Where something happened; the reporter adds when. */
export type Place = Omit<EventOrigin, "time">;

const NOTHING: EventCounts = { notifications: 0, replies: 0, errors: 0, reconnects: 0 };

/**
 * The one way by which events leave a watch. It stamps them, counts them for each registration, and stands between the
 * poll loops, which never wait for a reader, and the reader, who may be slow.
 */
export class Reporter implements AsyncIterableIterator<WatchEvent> {
  readonly #queue = new EventQueue<WatchEvent>(READER_BOUNDS);
  readonly #counts = new Map<string | null, EventCounts>();
  #droppedSince: { place: Place; from: Date } | null = null;

  /**
   * Tells an event. A notification of `size` bytes, and whatever else a server can cause as often as it likes, is dropped
   * where a slow reader leaves no room for it: the result is false, and one `gap` tells as soon as the reader has caught up.
   */
  tell(place: Place, body: WatchEventBody, size = 0): boolean {
    const event: WatchEvent = { time: new Date(), ...place, ...body };
    if (mayBeDropped(body)) {
      if (!this.#queue.offer(event, size)) {
        this.#droppedSince ??= { place: { ...place, registration: null, channel: null }, from: event.time };
        return false;
      }
    } else {
      this.#queue.push(event);
    }
    this.#count(place.registration, body);
    return true;
  }

  /** What a registration has told so far. */
  counts(registration: string | null): EventCounts {
    return this.#counts.get(registration) ?? NOTHING;
  }

  /** No more events: the reader gets what waits, then the end. */
  end(): void {
    this.#tellGap();
    this.#queue.end();
  }

  next(): Promise<IteratorResult<WatchEvent>> {
    if (this.#queue.length === 0) this.#tellGap();
    return this.#queue.next();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #tellGap(): void {
    if (this.#droppedSince === null) return;
    const { place, from } = this.#droppedSince;
    this.#droppedSince = null;
    const to = new Date();
    this.#queue.push({ time: to, ...place, type: "gap", from, to, mayHaveLost: true });
  }

  #count(registration: string | null, body: WatchEventBody): void {
    const key = countedAs(body);
    if (key === null) return;
    const counts = this.#counts.get(registration) ?? NOTHING;
    this.#counts.set(registration, { ...counts, [key]: counts[key] + 1 });
  }
}

/** What else there is comes at the pace of this side, or only once. */
function mayBeDropped(body: WatchEventBody): boolean {
  return body.type === "notification" || body.type.startsWith("channel.") || (body.type === "error" && !body.fatal);
}

function countedAs(body: WatchEventBody): keyof EventCounts | null {
  switch (body.type) {
    case "notification":
      return "notifications";
    case "reply.sent":
      return "replies";
    case "error":
      return "errors";
    case "reconnecting":
      return "reconnects";
    default:
      return null;
  }
}
