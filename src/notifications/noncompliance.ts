import { clip } from "../bytes/clip.js";
import { PanwatchError } from "../errors.js";

/** A notification or reply breaks a rule of its format: which one, and the section of [MS-PAN] that says so. */
export class NoncomplianceError extends PanwatchError {
  constructor(problem: string, section: string) {
    super("decode", `${problem} ([MS-PAN] ${section})`);
  }
}

/** What one notification has that has no place in it, although the rest can be read. The first one is told. */
export class Breaches {
  #first: NoncomplianceError | null = null;

  /** `problem` is only asked for the first one: there may be as many as there are elements. */
  add(problem: () => string, section: string): void {
    this.#first ??= new NoncomplianceError(problem(), section);
  }

  /** The rule that is broken; null when none is. */
  get problem(): string | null {
    return this.#first?.message ?? null;
  }

  /**
   * For those who grant nothing.
   *
   * @throws {NoncomplianceError} when a rule is broken.
   */
  refuse(): void {
    if (this.#first !== null) throw this.#first;
  }
}

/** Text of the sender for a message: in quotes, control characters escaped, cut after 60 characters. */
export function quote(text: string): string {
  return JSON.stringify(clip(text, 60));
}
