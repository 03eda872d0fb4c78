import type { PanwatchError } from "../../errors.js";
import type { WatchEvent } from "../../watch/events.js";
import type { WatchOutcome } from "../../watch/watcher.js";
import { formatDuration } from "../durations.js";
import { EXIT, exitCodeOf, exitCodeOfHresult } from "../exit-codes.js";
import type { RunOptions } from "../options/watch-options.js";
import { exitCodeOfSignal, type EndingSignal } from "../signals.js";

/** Why a watch ends, as `unregistered` lines tell it. */
export type EndReason = EndingSignal | "count" | "settled" | "duration" | "timeout" | "closed" | "error";

/** What the exit code depends on beside the outcome of the watch. */
export interface VerdictOptions {
  readonly replyErrors: "warn" | "fail";
  readonly hookErrors: "warn" | "fail";
  readonly hookHasFailed: () => boolean;
}

type TimeLimits = Pick<RunOptions, "count" | "timeoutMs" | "durationMs">;

/** Remembers what decides about the exit code, and decides. */
export class Verdict {
  readonly #options: VerdictOptions;
  #replyFailed = false;
  #everRegistered = false;
  #lastHresult: number | null = null;
  #lastReason: string | null = null;
  #notifications = 0;
  /** Channels that another client took before their notification was seen. */
  #taken = 0;

  constructor(options: VerdictOptions) {
    this.#options = options;
  }

  see(event: WatchEvent): void {
    if (event.type === "registered") this.#everRegistered = true;
    if (event.type === "notification") this.#notifications += 1;
    if (event.type === "channel.acquired" && event.by === "other") this.#taken += 1;
    if (event.type === "reconnecting") this.#lastReason = event.reason;
    if (event.type === "reply.rejected") this.#replyFailed = true;
    if (event.type !== "error") return;
    this.#lastHresult = event.hresult;
    this.#lastReason = event.message;
    if (event.stage === "reply" && this.#options.replyErrors === "fail") this.#replyFailed = true;
  }

  /** What was missing when time was over, as a sentence; null where nothing was. */
  missing(reason: EndReason, { count, timeoutMs, durationMs }: TimeLimits): string | null {
    const why = this.#lastReason === null ? "no server has answered yet" : this.#lastReason;
    const unregistered = this.#everRegistered ? "" : `nothing was registered: ${why}`;
    if (reason === "duration" && unregistered !== "")
      return `--duration ${formatDuration(durationMs ?? 0)} is over, and ${unregistered}`;
    if (reason !== "timeout") return null;
    const taken = this.#taken === 0 ? "" : `; others were faster with ${this.#taken}`;
    const some = `${this.#notifications} of ${count ?? 0} notifications came${taken}`;
    return `--timeout ${formatDuration(timeoutMs ?? 0)} is over: ${unregistered === "" ? some : unregistered}`;
  }

  /** The exit code for how the watch ended. */
  exitCode({ reason, error }: Pick<WatchOutcome, "reason" | "error">): number {
    switch (reason as EndReason) {
      case "count":
        return this.#replyFailed ? EXIT.replyRejected : this.#doneUnlessHookFailed();
      case "duration":
        return this.#everRegistered ? this.#doneUnlessHookFailed() : this.#neverRegistered(error);
      case "timeout":
        return EXIT.timeout;
      case "closed":
      case "settled":
        return EXIT.done;
      case "SIGINT":
      case "SIGTERM":
      case "SIGHUP":
        return exitCodeOfSignal(reason as EndingSignal);
      case "error":
        return error === null ? EXIT.failure : exitCodeOf(error);
    }
  }

  #doneUnlessHookFailed(): number {
    const { hookErrors, hookHasFailed } = this.#options;
    return hookErrors === "fail" && hookHasFailed() ? EXIT.hookFailed : EXIT.done;
  }

  /** A limit of the server ends with 8, everything else that keeps a watch from registering with 6. */
  #neverRegistered(error: PanwatchError | null): number {
    const byHresult = this.#lastHresult === null ? undefined : exitCodeOfHresult(this.#lastHresult);
    const isLimit = byHresult === EXIT.limit || (error !== null && exitCodeOf(error) === EXIT.limit);
    return isLimit ? EXIT.limit : EXIT.unreachable;
  }
}
