/** Counts told notifications and resolves `ended` when the wanted number is there and the work for them is done. */
export class Limit {
  readonly #limit: number;
  readonly #work = new Set<Promise<unknown>>();
  #counted = 0;
  #resolve: () => void = () => undefined;
  /** Resolves when the last counted notification was told. Never, without a limit. */
  readonly full: Promise<void>;

  constructor(limit: number | null) {
    this.#limit = limit ?? Infinity;
    this.full = new Promise((resolve) => (this.#resolve = resolve));
  }

  /** Whether no further notification is to be told. */
  get reached(): boolean {
    return this.#counted >= this.#limit;
  }

  count(): void {
    this.#counted += 1;
    if (this.reached) this.#resolve();
  }

  /** Remembers work for notifications (a channel being answered) while it goes on. */
  track(work: Promise<unknown>): void {
    this.#work.add(work);
    const done = (): boolean => this.#work.delete(work);
    // Whoever does the work hears of its failure.
    void work.then(done, done);
  }

  /** Resolves when none of the remembered work goes on. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }
}
