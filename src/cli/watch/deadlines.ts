import type { WatchEvent } from "../../watch/events.js";
import type { RunOptions } from "../options/watch-options.js";
import { after } from "../../waiting.js";

/**
 * `--timeout` and `--duration`: the first to fire ends the watch, unless what they wait for came before. Where a watch is
 * to settle, it ends as well when GetNewChannel has stayed parked for that long.
 */
export class Deadlines implements Disposable {
  readonly #timers: Disposable[] = [];
  readonly #settleMs: number | null;
  readonly #end: (reason: "timeout" | "duration" | "settled") => void;
  #settling: Disposable | null = null;

  constructor(
    { timeoutMs, durationMs, settleMs }: RunOptions,
    end: (reason: "timeout" | "duration" | "settled") => void,
  ) {
    this.#settleMs = settleMs;
    this.#end = end;
    if (timeoutMs !== null) this.#timers.push(after(timeoutMs, () => end("timeout")));
    if (durationMs !== null) this.#timers.push(after(durationMs, () => end("duration")));
  }

  /** Takes an event: GetNewChannel is parked anew after a registration, and after each answer that names channels. */
  see({ type }: WatchEvent): void {
    if (this.#settleMs === null || (type !== "registered" && type !== "channel.opened" && type !== "notification"))
      return;
    this.#settling?.[Symbol.dispose]();
    this.#settling = after(this.#settleMs, () => this.#end("settled"));
  }

  /** Calls them off. */
  [Symbol.dispose](): void {
    for (const timer of this.#timers) timer[Symbol.dispose]();
    this.#settling?.[Symbol.dispose]();
  }
}
