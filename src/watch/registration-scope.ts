import { decodeNotification } from "../notifications/decode.js";
import type { RawNotification } from "../pan/raw-notification.js";
import type { Guid } from "../bytes/guid.js";
import type { Counters } from "./counters.js";
import type { EventCounts, EventOrigin, Notified, WatchEventBody } from "./events.js";
import type { Limit } from "./limit.js";
import type { WatchOptions } from "./options.js";
import type { Place, Reporter } from "./reporter.js";
import { unknownType } from "./unknown-type.js";

/** What a registration, or one channel of it, needs in order to tell: where it is, and the watch's shared parts. */
export class RegistrationScope {
  readonly place: Place;
  readonly options: WatchOptions;
  readonly #type: Guid;
  readonly #shared: SharedScope;

  constructor(place: Place, type: Guid, shared: SharedScope) {
    this.place = place;
    this.options = shared.options;
    this.#type = type;
    this.#shared = shared;
  }

  /** The same registration, for one of its channels. */
  forChannel(): RegistrationScope {
    const channel = this.#shared.counters.next("c");
    return new RegistrationScope({ ...this.place, channel }, this.#type, this.#shared);
  }

  /** What the registration has told so far. */
  get counts(): EventCounts {
    return this.#shared.reporter.counts(this.place.registration);
  }

  tell(body: WatchEventBody): void {
    this.#shared.reporter.tell(this.place, body);
  }

  /**
   * Decodes a notification and tells it. Null when it is not told: another kind was asked for, the limit was reached
   * before, or a slow reader left no room.
   */
  show(raw: RawNotification): Shown | null {
    const { options, reporter, counters, limit } = this.#shared;
    const context = { strings: options.strings, printerName: this.place.printer };
    const notification =
      raw.type === this.#type ? decodeNotification(raw.type, raw.data, context) : unknownType(raw, this.#type);
    if (options.kinds !== null && !options.kinds.includes(notification.kind)) return null;
    if (limit.reached) return null;
    const event: Notified = { type: "notification", id: counters.next("n"), notification };
    if (!reporter.tell(this.place, event, raw.data.length)) return null;
    limit.count();
    return { event: { ...this.place, time: new Date(), ...event }, at: performance.now() };
  }

  /** Work for a told notification that must end before the watch leaves because of its limit. */
  track(work: Promise<unknown>): void {
    this.#shared.limit.track(work);
  }
}

/** A notification that was told, and when on the clock of `performance.now`. */
export interface Shown {
  readonly event: EventOrigin & Notified;
  readonly at: number;
}

/** What all registrations of a watch share. */
export interface SharedScope {
  readonly options: WatchOptions;
  readonly reporter: Reporter;
  readonly counters: Counters;
  readonly limit: Limit;
}
