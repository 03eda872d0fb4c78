/**
 * Sees to it that calls which never wait are answered. One wait at a time, for the oldest of them, however many there are: so
 * an answer is missed after the time that `deadline` begins, or at most twice that.
 */
export class AnswerGuard {
  readonly #deadline: () => AbortSignal;
  readonly #missing: (what: string) => void;
  readonly #calls = new Set<{ readonly what: string }>();
  #waiting = false;

  /** `missing` is called with the name of a call that was not answered in time. */
  constructor(deadline: () => AbortSignal, missing: (what: string) => void) {
    this.#deadline = deadline;
    this.#missing = missing;
  }

  /** Waits for the answer of a call; fails as it does. */
  async expect<T>(what: string, answer: Promise<T>): Promise<T> {
    const call = { what };
    this.#calls.add(call);
    if (!this.#waiting) this.#wait();
    try {
      return await answer;
    } finally {
      this.#calls.delete(call);
    }
  }

  #wait(): void {
    const [oldest] = this.#calls;
    this.#waiting = oldest !== undefined;
    if (oldest === undefined) return;
    const over = (): void => (this.#calls.has(oldest) ? this.#missing(oldest.what) : this.#wait());
    this.#deadline().addEventListener("abort", over, { once: true });
  }
}
