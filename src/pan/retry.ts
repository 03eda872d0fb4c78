/** The shortest and the longest interval between tries, in milliseconds. */
export interface BackoffRange {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Intervals between retries ([MS-PAN] 3.1.1.4.1): 1 s to 1 min. */
export const DEFAULT_BACKOFF: BackoffRange = { minMs: 1000, maxMs: 60_000 };

/**
 * Intervals that double from the shortest to the longest. Jitter lengthens each by up to a quarter, so that the clients
 * of a server that came back do not all call at once, and never leaves the range.
 */
export class Backoff {
  readonly #range: BackoffRange;
  readonly #random: () => number;
  #failures = 0;

  constructor(range: BackoffRange, random: () => number = Math.random) {
    this.#range = range;
    this.#random = random;
  }

  /** Failures since the last reset. */
  get failures(): number {
    return this.#failures;
  }

  /** Counts a failure and gives the milliseconds to wait after it. */
  next(): number {
    const { minMs, maxMs } = this.#range;
    const base = Math.min(maxMs, minMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return Math.min(maxMs, Math.ceil(base * (1 + this.#random() / 4)));
  }

  /** Begins again with the shortest interval, after a success. */
  reset(): void {
    this.#failures = 0;
  }
}
