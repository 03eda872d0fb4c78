import { onAbort } from "../../waiting.js";

/** Lets so many at a time in; the others wait in the order in which they came. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Runs `work` when it is its turn; null when the signal aborts before. */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | null> {
    if (!(await this.#enter(signal))) return null;
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    return new Promise((resolve) => {
      const enter = (): void => {
        listening[Symbol.dispose]();
        resolve(true);
      };
      this.#waiting.push(enter);
      const listening = onAbort(signal, () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        resolve(false);
      });
    });
  }

  /** Hands the place to who has waited longest. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
