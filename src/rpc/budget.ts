import { ProtocolError } from "../errors.js";

/** The memory that one peer may make this side hold at the same time, in bytes. */
export class Budget {
  #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that are held now. */
  get held(): number {
    return this.#held;
  }

  /** Sees to it that the budget is at least this. */
  raise(limit: number): void {
    this.#limit = Math.max(this.#limit, limit);
  }

  /** Takes what is about to be allocated. Throws a ProtocolError, with which the association ends, when it is too much. */
  take(bytes: number): void {
    if (this.#held + bytes > this.#limit)
      throw new ProtocolError(
        `the server makes this client hold more than ${this.#limit} bytes of unfinished answers`,
        {
          hint: "a server has no reason to: it may be under attack, or be one",
        },
      );
    this.#held += bytes;
  }

  /** Gives back what was taken. */
  give(bytes: number): void {
    this.#held -= bytes;
  }
}
