import { onAbort } from "../waiting.js";

/**
 * Sees to it that a PDU which has begun goes on. Calls may wait for hours, but between the first byte of a PDU and its last
 * there is nothing to wait for: bytes were lost on the way, and all that follows would be taken for the rest.
 */
export class RestGuard {
  readonly #deadline: (() => AbortSignal) | undefined;
  readonly #late: () => void;
  #incomplete = false;
  #waiting = false;
  /** Whether a chunk has come since the wait began. */
  #moved = false;

  /**
   * `late` is called when nothing has come for the time that `deadline` begins, or for at most twice that; never when there
   * is no `deadline`.
   */
  constructor(deadline: (() => AbortSignal) | undefined, late: () => void) {
    this.#deadline = deadline;
    this.#late = late;
  }

  /** Told after each chunk whether a PDU is incomplete now. */
  expect(incomplete: boolean): void {
    this.#incomplete = incomplete;
    this.#moved = true;
    if (incomplete && !this.#waiting) this.#wait();
  }

  /** One wait at a time, however many chunks come: a deadline each would be a timer each. */
  #wait(): void {
    this.#waiting = this.#deadline !== undefined;
    this.#moved = false;
    if (this.#deadline !== undefined) onAbort(this.#deadline(), () => this.#over());
  }

  #over(): void {
    this.#waiting = false;
    if (!this.#incomplete) return;
    if (this.#moved) this.#wait();
    else this.#late();
  }
}
