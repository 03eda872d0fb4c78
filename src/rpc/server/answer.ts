/** How a call ends: with its results, or with a fault PDU of this status (unsigned 32 bits). */
export type Outcome<Results> =
  { readonly kind: "results"; readonly results: Results } | { readonly kind: "fault"; readonly status: number };

/** A call that the client may give up. */
export interface Withdrawable {
  /** The client no longer waits. Returns whether the call was parked. */
  withdraw(): boolean;
}

/**
 * The answer that a call awaits: given at once, later, or never when the client withdraws the call. It is given at most
 * once; what comes after is ignored.
 */
export class Answer<Results> implements Withdrawable {
  #deliver: ((outcome: Outcome<Results>) => void) | null;
  #forget: (() => void) | null = null;

  constructor(deliver: (outcome: Outcome<Results>) => void) {
    this.#deliver = deliver;
  }

  give(results: Results): void {
    this.#settle({ kind: "results", results });
  }

  fault(status: number): void {
    this.#settle({ kind: "fault", status });
  }

  /** Says how to forget this call when the client withdraws it: by a cancel, or with its connection. */
  onWithdrawn(forget: () => void): void {
    this.#forget = forget;
  }

  withdraw(): boolean {
    const forget = this.#forget;
    this.#deliver = this.#forget = null;
    forget?.();
    return forget !== null;
  }

  #settle(outcome: Outcome<Results>): void {
    const deliver = this.#deliver;
    this.#deliver = this.#forget = null;
    deliver?.(outcome);
  }
}

/** The place on an object where one call may wait for something to happen. */
export class ParkingPlace<Results> {
  #answer: Answer<Results> | null = null;

  get occupied(): boolean {
    return this.#answer !== null;
  }

  park(answer: Answer<Results>): void {
    this.#answer = answer;
    answer.onWithdrawn(() => {
      this.#answer = null;
    });
  }

  /** The waiting call, which leaves the place; null when none waits. */
  take(): Answer<Results> | null {
    const answer = this.#answer;
    this.#answer = null;
    return answer;
  }
}
