/** Gives out the names of registrations, channels and notifications: `r1`, `r2` …, one row for each letter. */
export class Counters {
  readonly #last = new Map<string, number>();

  next(letter: "r" | "c" | "n"): string {
    const number = (this.#last.get(letter) ?? 0) + 1;
    this.#last.set(letter, number);
    return `${letter}${number}`;
  }
}
