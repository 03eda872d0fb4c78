import type { Withdrawable } from "./answer.js";
import type { AnsweredCall } from "./responses.js";

/** A call that has not been answered yet. */
export interface OpenCall extends AnsweredCall {
  cancelCount: number;
  /** Set once the method has been entered. */
  answer: Withdrawable | null;
}

/** The calls of a connection that await their answers, by call_id. */
export class OpenCalls {
  readonly #calls = new Map<number, OpenCall>();

  get size(): number {
    return this.#calls.size;
  }

  add(callId: number, contextId: number): OpenCall {
    const call = { callId, contextId, cancelCount: 0, answer: null };
    this.#calls.set(callId, call);
    return call;
  }

  done(call: OpenCall): void {
    this.#calls.delete(call.callId);
  }

  /** The client gives up this call; the call when it was parked, so that nothing but this says how it ended. */
  withdraw(callId: number): OpenCall | null {
    const call = this.#calls.get(callId);
    if (call === undefined) return null;
    call.cancelCount++;
    if (call.answer?.withdraw() !== true) return null;
    this.#calls.delete(callId);
    return call;
  }

  withdrawAll(): void {
    for (const callId of [...this.#calls.keys()]) this.withdraw(callId);
  }
}
