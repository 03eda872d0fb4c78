import type { RunOptions } from "../options/watch-options.js";
import { after } from "../timers.js";

/** `--timeout` and `--duration`: the first to fire ends the watch, unless what they wait for came before. */
export class Deadlines implements Disposable {
  readonly #timers: Disposable[] = [];

  constructor({ timeoutMs, durationMs }: RunOptions, end: (reason: "timeout" | "duration") => void) {
    if (timeoutMs !== null) this.#timers.push(after(timeoutMs, () => end("timeout")));
    if (durationMs !== null) this.#timers.push(after(durationMs, () => end("duration")));
  }

  /** Calls them off. */
  [Symbol.dispose](): void {
    for (const timer of this.#timers) timer[Symbol.dispose]();
  }
}
