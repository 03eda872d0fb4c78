import type { WatchEvent } from "../../watch/events.js";
import type { RunOptions } from "../options/watch-options.js";
import { after } from "../../waiting.js";

/** Milliseconds that a channel may take to bring its first notification: that may need a connection and a logon of its own. */
const SILENT_CHANNEL_MS = 10_000;

/**
 * `--timeout` and `--duration`: the first to fire ends the watch, unless what they wait for came before. Where a watch is
 * to settle, it ends as well when GetNewChannel has stayed parked for that long, and no channel still has to say something.
 */
export class Deadlines implements Disposable {
  readonly #timers: Disposable[] = [];
  readonly #settleMs: number | null;
  readonly #end: (reason: "timeout" | "duration" | "settled") => void;
  /** Channels that have not brought their notification yet. */
  readonly #silent = new Set<string | null>();
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
  see(event: WatchEvent): void {
    if (this.#settleMs === null || !(event.type === "registered" || isOfChannel(event))) return;
    if (event.type === "channel.opened") this.#silent.add(event.channel);
    else this.#silent.delete(event.channel);
    this.#settling?.[Symbol.dispose]();
    const patience = this.#silent.size === 0 ? this.#settleMs : SILENT_CHANNEL_MS;
    this.#settling = after(patience, () => this.#end("settled"));
  }

  /** Calls them off. */
  [Symbol.dispose](): void {
    for (const timer of this.#timers) timer[Symbol.dispose]();
    this.#settling?.[Symbol.dispose]();
  }
}

function isOfChannel({ type }: WatchEvent): boolean {
  return type === "notification" || type.startsWith("channel.");
}
