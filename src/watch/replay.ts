import { asPanwatchError, type PanwatchError } from "../errors.js";
import type { Notification } from "../notifications/model.js";
import { ASYNC_UI } from "../notifications/notification-types.js";
import type { HeldChannel } from "../pan/channel.js";
import type { RawNotification } from "../pan/raw-notification.js";
import { hold } from "./channel-watch.js";
import { DEFAULT_CONNECTION } from "../pan/defaults.js";
import { UNBOUNDED } from "../rpc/budget.js";
import type { EventOrigin, Gap, WatchEvent } from "./events.js";
import type { WatchOptions } from "./options.js";
import { Reporter } from "./reporter.js";
import { Counters, Limit, RegistrationScope, type SharedScope } from "./scope.js";
import type { WatchOutcome } from "./watcher.js";

/**
 * A notification as it was received, or as it was decoded where its bytes were not kept; it can be answered when it came
 * on a channel.
 */
export type RecordedNotification = { readonly origin: EventOrigin } & (
  { readonly raw: RawNotification } | { readonly notification: Notification }
);

/** That notifications may be missing at this place of a recording. */
export interface RecordedGap {
  readonly origin: EventOrigin;
  readonly gap: Gap;
}

type Recorded = RecordedNotification | RecordedGap;
type Recording = AsyncIterable<Recorded> | Iterable<Recorded>;

/** What of a watch applies to notifications that came long ago. */
export interface ReplayOptions extends Pick<WatchOptions, "kinds" | "accept" | "strings" | "answer" | "limit"> {
  /** Awaited before each notification, for those who want to see them at their pace. */
  readonly pause: (origin: EventOrigin, signal: AbortSignal) => Promise<unknown>;
  /** Awaited when the last notification was told and its reply planned. */
  readonly beforeEnd: () => Promise<void>;
}

/** A channel of a recording: nobody is at its other end, and nothing is sent in a dry run. */
const GONE: HeldChannel = {
  respond: () => Promise.reject(new Error("a recorded channel cannot be answered")),
  close: () => Promise.reject(new Error("a recorded channel cannot be answered")),
  release: () => Promise.resolve(),
};

/**
 * Runs recorded notifications through the same decoding, choosing and answering as a watch, one after another, without
 * sending anything: the events are `notification`, `reply.planned`, `error` and `gap`, with the times of the recording.
 */
export class Replay {
  readonly #options: ReplayOptions;
  readonly #leaving = new AbortController();
  #reason: string | null = null;
  #time = new Date();
  readonly #reporter = new Reporter(() => this.#time);
  /** Resolves when everything is told; rejects when the recording cannot be read. */
  readonly outcome: Promise<WatchOutcome>;

  constructor(recording: Recording, options: ReplayOptions) {
    this.#options = options;
    this.outcome = this.#run(recording);
    // Whoever follows hears of it when the events have ended.
    this.outcome.catch(() => undefined);
  }

  /** What is told, to the end. */
  get events(): AsyncIterable<WatchEvent> {
    return this.#reporter;
  }

  /** Ends before the end of the recording. */
  async close(reason: string): Promise<void> {
    this.#reason ??= reason;
    this.#leaving.abort();
    await this.outcome;
  }

  async #run(recording: Recording): Promise<WatchOutcome> {
    const shared = this.#shared();
    let error: PanwatchError | null = null;
    try {
      for await (const one of recording) {
        await this.#options.pause(one.origin, this.#leaving.signal);
        if (this.#leaving.signal.aborted) break;
        await this.#play(one, shared);
        if (shared.limit.reached) break;
      }
      await this.#options.beforeEnd();
    } catch (thrown) {
      if (!this.#leaving.signal.aborted) error = asPanwatchError(thrown);
    }
    this.#reporter.end();
    if (error !== null) throw error;
    return { reason: this.#reason ?? "count", error: null, everRegistered: true };
  }

  async #play(recorded: Recorded, shared: SharedScope): Promise<void> {
    const { time, ...place } = recorded.origin;
    this.#time = time;
    if ("gap" in recorded) {
      this.#reporter.tell(place, recorded.gap);
      return this.#reporter.idle();
    }
    const scope = new RegistrationScope(place, "raw" in recorded ? recorded.raw.type : ASYNC_UI, shared);
    const shown =
      "raw" in recorded ? scope.show(recorded.raw, UNBOUNDED) : scope.present(recorded.notification, 0, UNBOUNDED);
    const { signal } = this.#leaving;
    if (place.channel !== null) await hold(shown, GONE, scope, { signal, budget: UNBOUNDED });
    await this.#reporter.idle();
  }

  #shared(): SharedScope {
    const { kinds, accept, strings, answer, limit } = this.#options;
    const options: WatchOptions = {
      ...{ kinds, accept, strings, answer, limit, dryRun: true },
      ...{ targets: [], types: [], style: "both", userFilter: "per-user", maxSize: Infinity },
      connection: DEFAULT_CONNECTION,
      retry: { limit: 0, waitForServer: false, minMs: 0, maxMs: 0, refusedPauseMs: 0 },
      heartbeatMs: null,
      queuesEveryMs: Infinity,
      notice: () => undefined,
    };
    return { options, reporter: this.#reporter, counters: new Counters(), limit: new Limit(limit) };
  }
}
