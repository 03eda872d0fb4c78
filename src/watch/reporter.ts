import { UNBOUNDED, type Budget } from "../rpc/budget.js";
import type { EventCounts, EventOrigin, WatchEvent, WatchEventBody } from "./events.js";

/** What a slow reader may leave waiting before notifications are dropped and a `gap` tells of it. */
export const READER_BOUNDS = { events: 10_000, bytes: 64 * 1024 * 1024 } as const;

/** Where something happened; the reporter adds when. */
export type Place = Omit<EventOrigin, "time">;

export const NOTHING_COUNTED: EventCounts = { notifications: 0, replies: 0, errors: 0, reconnects: 0 };

/**
 * The one way by which events leave a watch. It stamps them, counts them for each registration, and stands between the
 * poll loops, which never wait for a reader, and the reader, who may be slow.
 */
export class Reporter implements AsyncIterableIterator<WatchEvent> {
  readonly #queue = new EventQueue<WatchEvent>(READER_BOUNDS);
  readonly #counts = new Map<string | null, EventCounts>();
  #droppedSince: { place: Place; from: Date } | null = null;
  /** The time that events are stamped with: the system's, or that of a recording. */
  readonly now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.now = now;
  }

  /**
   * Tells an event. A notification that holds `size` bytes of memory, and whatever else a server can cause as often as it likes, is
   * dropped where a slow reader leaves no room for it, among all that waits or in the budget of its server: the result is null, and
   * one `gap` tells as soon as the reader has caught up. Else it is the event.
   */
  tell<Body extends WatchEventBody>(
    place: Place,
    body: Body,
    size = 0,
    budget: Budget = UNBOUNDED,
  ): (EventOrigin & Body) | null {
    const event = { time: this.now(), ...place, ...body };
    if (mayBeDropped(body)) {
      if (!this.#queue.offer(event, size, budget)) {
        this.#droppedSince ??= { place: { ...place, registration: null, channel: null }, from: event.time };
        return null;
      }
    } else {
      this.#queue.push(event);
    }
    this.#count(place.registration, body);
    return event;
  }

  /** What a registration has told so far. */
  counts(registration: string | null): EventCounts {
    return this.#counts.get(registration) ?? NOTHING_COUNTED;
  }

  /** Resolves when the reader has taken everything and waits for more. */
  idle(): Promise<void> {
    return this.#queue.idle();
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
    this.#queue.push({ time: to, ...place, type: "gap", from, to, mayHaveLost: true, cause: "reader" });
  }

  #count(registration: string | null, body: WatchEventBody): void {
    const key = countedAs(body);
    if (key === null) return;
    const counts = this.#counts.get(registration) ?? NOTHING_COUNTED;
    this.#counts.set(registration, { ...counts, [key]: counts[key] + 1 });
  }
}

/** The counts of two registrations together. */
export function addCounts(a: EventCounts, b: EventCounts): EventCounts {
  return {
    notifications: a.notifications + b.notifications,
    replies: a.replies + b.replies,
    errors: a.errors + b.errors,
    reconnects: a.reconnects + b.reconnects,
  };
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

/** Bounds of what waits for a slow reader: events, and bytes of memory that the notifications in them hold. */
export interface QueueBounds {
  readonly events: number;
  readonly bytes: number;
}

interface Entry<T> {
  readonly value: T;
  readonly size: number;
  readonly budget: Budget;
}

/**
 * Events on their way to one reader. What must not get lost is always taken; the rest only while it fits the bounds, so
 * that a slow reader costs no unbounded memory: `offer` tells when it did not fit.
 */
export class EventQueue<T> implements AsyncIterableIterator<T> {
  readonly #bounds: QueueBounds;
  #entries: Entry<T>[] = [];
  #head = 0;
  #bytes = 0;
  #ended = false;
  #waiting: ((result: IteratorResult<T>) => void)[] = [];
  #idle: (() => void)[] = [];

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds;
  }

  /** Events that wait. */
  get length(): number {
    return this.#entries.length - this.#head;
  }

  /** Takes an event of `size` bytes if there is room here and in `budget`; false when there is none, or after the end. */
  offer(value: T, size: number, budget: Budget = UNBOUNDED): boolean {
    const { events, bytes } = this.#bounds;
    const full = this.length >= events || (this.length > 0 && this.#bytes + size > bytes);
    if (full || this.#ended || !budget.offer(size)) return false;
    this.#add({ value, size, budget });
    return true;
  }

  /** Takes an event whatever waits already; for the few that tell what happened to the others. */
  push(value: T): void {
    if (!this.#ended) this.#add({ value, size: 0, budget: UNBOUNDED });
  }

  /** No more events: the reader gets what waits, then the end. */
  end(): void {
    this.#ended = true;
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<T>> {
    const entry = this.#take();
    if (entry !== undefined) return Promise.resolve({ done: false, value: entry.value });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    for (const resolve of this.#idle.splice(0)) resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when everything was taken and the reader waits for more. */
  idle(): Promise<void> {
    if (this.#waiting.length > 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #add(entry: Entry<T>): void {
    const resolve = this.#waiting.shift();
    if (resolve !== undefined) {
      entry.budget.give(entry.size);
      resolve({ done: false, value: entry.value });
      return;
    }
    this.#entries.push(entry);
    this.#bytes += entry.size;
  }

  #take(): Entry<T> | undefined {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return undefined;
    this.#head += 1;
    this.#bytes -= entry.size;
    entry.budget.give(entry.size);
    if (this.#head >= 1024 || this.#head === this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }
}
