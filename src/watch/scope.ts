import { asPanwatchError, UnreachableError } from "../errors.js";
import type { Guid } from "../bytes/guid.js";
import { decodeNotification } from "../notifications/decode.js";
import type { Notification, UnknownNotification } from "../notifications/model.js";
import type { RawNotification } from "../pan/raw-notification.js";
import type { Budget } from "../rpc/budget.js";
import { deferred } from "../waiting.js";
import type { EventCounts, EventOrigin, Failed, Notified, WatchEventBody } from "./events.js";
import { heldBytes } from "./held-bytes.js";
import type { WatchOptions } from "./options.js";
import type { Place, Reporter } from "./reporter.js";

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
   * Decodes a notification and tells it; while it waits for its reader it counts against `budget`. Null when it is not told:
   * another kind was asked for, the limit was reached before, or a slow reader left no room.
   */
  show(raw: RawNotification, budget: Budget): Shown | null {
    const { options, reporter } = this.#shared;
    options.received?.({ ...this.place, time: reporter.now() }, raw);
    const context = { strings: options.strings, printerName: this.place.printer };
    const known = raw.type === this.#type;
    const notification = known ? decodeNotification(raw.type, raw.data, context) : unknownType(raw, this.#type);
    // Texts may be parts of the whole document, which they hold then.
    return this.present(notification, Math.max(raw.data.length, heldBytes(notification)), budget);
  }

  /** Tells a notification that holds so many bytes and is decoded already; null as for {@link show}. */
  present(notification: Notification, size: number, budget: Budget): Shown | null {
    const { options, reporter, counters, limit } = this.#shared;
    if (options.kinds !== null && !options.kinds.includes(notification.kind)) return null;
    if (limit.reached) return null;
    const body: Notified = { type: "notification", id: counters.upcoming("n"), notification };
    if (!this.#accepts(body)) return null;
    counters.next("n");
    const event = reporter.tell(this.place, body, size, budget);
    if (event === null) return null;
    limit.count();
    return { event, at: performance.now(), size };
  }

  #accepts(event: Notified): boolean {
    try {
      const time = this.#shared.reporter.now();
      return this.options.accept?.({ time, ...this.place, ...event }) ?? true;
    } catch (error) {
      this.tell(failedEvent(error, "match", false));
      return false;
    }
  }

  /** Work for a told notification that must end before the watch leaves because of its limit. */
  track(work: Promise<unknown>): void {
    this.#shared.limit.track(work);
  }
}

/** A notification that was told, when on the clock of `performance.now`, and the bytes of memory that it holds. */
export interface Shown {
  readonly event: EventOrigin & Notified;
  readonly at: number;
  readonly size: number;
}

/** What all registrations of a watch share. */
export interface SharedScope {
  readonly options: WatchOptions;
  readonly reporter: Reporter;
  readonly counters: Counters;
  readonly limit: Limit;
}

/** Gives out the names of registrations, channels and notifications: `r1`, `r2` …, one row for each letter. */
export class Counters {
  readonly #last = new Map<string, number>();

  next(letter: "r" | "c" | "n"): string {
    const name = this.upcoming(letter);
    this.#last.set(letter, (this.#last.get(letter) ?? 0) + 1);
    return name;
  }

  /** The name that `next` will give. */
  upcoming(letter: "r" | "c" | "n"): string {
    return `${letter}${(this.#last.get(letter) ?? 0) + 1}`;
  }
}

/** Counts told notifications and resolves `ended` when the wanted number is there and the work for them is done. */
export class Limit {
  readonly #limit: number;
  readonly #work = new Set<Promise<unknown>>();
  #counted = 0;
  readonly #full = deferred();
  /** Resolves when the last counted notification was told. Never, without a limit. */
  readonly full = this.#full.promise;

  constructor(limit: number | null) {
    this.#limit = limit ?? Infinity;
  }

  /** Whether no further notification is to be told. */
  get reached(): boolean {
    return this.#counted >= this.#limit;
  }

  count(): void {
    this.#counted += 1;
    if (this.reached) this.#full.resolve();
  }

  /** Remembers work for notifications (an answer being found) while it goes on. */
  track(work: Promise<unknown>): void {
    this.#work.add(work);
    const done = (): boolean => this.#work.delete(work);
    // Whoever does the work hears of its failure.
    void work.then(done, done);
  }

  /** Resolves when none of the remembered work goes on. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }
}

/** The `error` event of an error. Anything that panwatch did not throw on purpose is told as an internal error. */
export function failedEvent(error: unknown, stage: string, fatal: boolean): Failed {
  const known = asPanwatchError(error);
  return {
    type: "error",
    code: known.code,
    hresult: known.hresult,
    message: known.message,
    hint: known.hint,
    stage: known instanceof UnreachableError ? known.stage : stage,
    fatal,
  };
}

/** A notification whose type is not the one that was registered for ([MS-PAN] 3.1.1.4.4, 3.1.1.4.5 forbid it). */
function unknownType(raw: RawNotification, registered: Guid): UnknownNotification {
  const problem = `its type is not the registered one, ${registered} ([MS-PAN] 3.1.1.4.5)`;
  return { kind: "unknown", notificationType: raw.type, data: raw.data, problem };
}
