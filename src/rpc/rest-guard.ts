/**
 * Sees to it that a PDU which has begun goes on. Calls may wait for hours, but between the first byte of a PDU and its last
 * there is nothing to wait for: bytes were lost on the way, and all that follows would be taken for the rest.
 */
export class RestGuard {
  readonly #deadline: (() => AbortSignal) | undefined;
  readonly #late: () => void;
  #signal: AbortSignal | null = null;

  /** `deadline` begins the time for each next chunk, without end when not given; `late` is called when it is over. */
  constructor(deadline: (() => AbortSignal) | undefined, late: () => void) {
    this.#deadline = deadline;
    this.#late = late;
  }

  /** Told after each chunk whether a PDU is incomplete now. */
  expect(incomplete: boolean): void {
    this.#signal?.removeEventListener("abort", this.#late);
    this.#signal = incomplete ? (this.#deadline?.() ?? null) : null;
    this.#signal?.addEventListener("abort", this.#late, { once: true });
  }
}
