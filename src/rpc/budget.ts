import { ProtocolError } from "../errors.js";

/**
 * The memory that one peer may make this side hold at the same time, in bytes, whatever for. What this side can do without has
 * half of it, so that there is always room for the rest.
 */
export class Budget {
  readonly #unread: () => number;
  #limit: number;
  #taken = 0;

  /** `unread`: what was sent to the peer and has not left yet, in bytes; it counts as well. */
  constructor(limit: number, unread: () => number = () => 0) {
    this.#limit = limit;
    this.#unread = unread;
  }

  /** Bytes that are held now. */
  get held(): number {
    return this.#taken + this.#unread();
  }

  /** Sees to it that the budget is at least this. */
  raise(limit: number): void {
    this.#limit = Math.max(this.#limit, limit);
  }

  /** Throws a ProtocolError, with which the association ends, when there is no room for so much more. */
  check(bytes: number): void {
    if (this.held + bytes > this.#limit)
      throw new ProtocolError(`the server makes this client hold more than ${this.#limit} bytes`, {
        hint: "a server has no reason to: it may be under attack, or be one",
      });
  }

  /** Takes what is about to be allocated. Throws as `check` does. */
  take(bytes: number): void {
    this.check(bytes);
    this.#taken += bytes;
  }

  /** Takes for what can be dropped or handed back; false, and nothing is taken, where that leaves less than half. */
  offer(bytes: number): boolean {
    if (this.held + bytes > this.#limit / 2) return false;
    this.#taken += bytes;
    return true;
  }

  /** Gives back what was taken. */
  give(bytes: number): void {
    this.#taken -= bytes;
  }
}

/** For what no peer is the cause of. */
export const UNBOUNDED = new Budget(Infinity);
