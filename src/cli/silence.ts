/** What prints on the terminal, and can keep back what it has to print. */
export interface Holdable {
  /** Keeps back what comes until what it gives is disposed of, and tells of the first that waits. One at a time. */
  hold(waiting: () => void): Disposable;
  /** Waits until everything is printed that is not held, or cannot be. */
  flush(): Promise<void>;
}

/** Nothing else is printed on the terminal while something is asked there. */
export class Silence implements Disposable {
  readonly #outputs: readonly Holdable[];
  readonly #waiting: () => void;
  readonly #over: () => void;
  #holds: readonly Disposable[] = [];

  /** Silent after the first `letThrough`; `waiting` is told when something is to be printed, `over` of the end. */
  constructor(outputs: readonly Holdable[], waiting: () => void, over: () => void) {
    this.#outputs = outputs;
    this.#waiting = waiting;
    this.#over = over;
  }

  /** Lets be printed what waits, and waits until nothing is being printed any more. */
  async letThrough(): Promise<void> {
    this.#release();
    await this.#flush();
    this.#holds = this.#outputs.map((output) => output.hold(this.#waiting));
    await this.#flush();
  }

  [Symbol.dispose](): void {
    this.#release();
    this.#over();
  }

  async #flush(): Promise<void> {
    await Promise.all(this.#outputs.map((output) => output.flush()));
  }

  #release(): void {
    for (const hold of this.#holds) hold[Symbol.dispose]();
    this.#holds = [];
  }
}
