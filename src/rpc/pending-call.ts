import { FaultError, ProtocolError } from "../errors.js";
import { deferred, onAbort } from "../waiting.js";
import { callAbortError } from "./abort.js";
import type { Budget } from "./budget.js";
import { StubAssembly } from "./fragments.js";
import { faultMeaning, faultName } from "./fault-names.js";
import type { FaultPdu } from "./pdu/fault.js";
import type { ResponsePdu } from "./pdu/response.js";
import { PFC, WHOLE } from "./pdu/types.js";
import type { AgreedContext } from "./presentation.js";

/** [MS-RPCE] 3.3.2.5.2 */
const LARGEST_ALLOC_HINT = 0x7fff_ffff;

/** A call as a connection sees it. */
export interface ConnectionCall {
  readonly context: AgreedContext;
  readonly opnum: number;
  readonly stub: Uint8Array;
  /** The method, for messages. */
  readonly what: string;
  /** The largest stub to take as answer, in bytes. */
  readonly maxStub: number;
  /** What the answer counts against while it arrives. */
  readonly budget?: Budget | undefined;
  /** The method may wait for something to happen. */
  readonly waits?: boolean | undefined;
  /** Gives the call up: it fails at once, and its late answer is dropped. Nothing is said on the wire. */
  readonly signal?: AbortSignal | undefined;
}

/** A call that has been sent and awaits its answer, which may come hours later and in many fragments. */
export class PendingCall {
  /** The stub of the response; fails with what ended the call instead. */
  readonly answer: Promise<Uint8Array>;
  /** The method may wait for something to happen. */
  readonly waits: boolean;
  readonly #what: string;
  readonly #contextId: number;
  readonly #answer = deferred<Uint8Array>();
  readonly #listening: Disposable | null;
  #assembly: StubAssembly;
  #begun = false;

  constructor({ context, signal, what, waits = false, maxStub, budget }: ConnectionCall) {
    this.answer = this.#answer.promise;
    this.waits = waits;
    this.#what = what;
    this.#contextId = context.contextId;
    this.#assembly = new StubAssembly(maxStub, budget);
    this.#listening = signal === undefined ? null : onAbort(signal, () => this.#abandon(callAbortError(signal, what)));
  }

  /**
   * Takes a fragment of the response and its opened stub; true when it was the last. Throws a ProtocolError when it does
   * not belong where it came.
   */
  respond(pdu: ResponsePdu, stub: Uint8Array): boolean {
    if (pdu.contextId !== this.#contextId)
      throw new ProtocolError(
        `the response to ${this.#what} names presentation context ${pdu.contextId}, not ${this.#contextId}`,
      );
    if (pdu.allocHint > LARGEST_ALLOC_HINT)
      throw new ProtocolError(`the response to ${this.#what} announces ${pdu.allocHint} bytes`);
    const first = (pdu.flags & PFC.FIRST_FRAG) !== 0;
    if (first === this.#begun)
      throw new ProtocolError(`the response to ${this.#what} ${first ? "begins twice" : "lacks its first fragment"}`);
    this.#begun = true;
    this.#assembly.add(stub);
    if ((pdu.flags & PFC.LAST_FRAG) === 0) return false;
    this.#listening?.[Symbol.dispose]();
    try {
      this.#answer.resolve(this.#assembly.finish(`the response to ${this.#what}`));
    } catch (error) {
      this.#answer.reject(error as Error);
    }
    return true;
  }

  /** Ends the call with the fault that answers it. */
  fault(pdu: FaultPdu): void {
    if ((pdu.flags & WHOLE) !== WHOLE) throw new ProtocolError(`the fault for ${this.#what} came in fragments`);
    const meaning = faultMeaning(pdu.status);
    const text = `${this.#what} was answered with the fault ${faultName(pdu.status)}`;
    this.fail(new FaultError(pdu.status, meaning === null ? text : `${text}: ${meaning}`));
  }

  /** Ends the call without an answer. */
  fail(error: Error): void {
    this.#listening?.[Symbol.dispose]();
    this.#assembly.discard();
    this.#answer.reject(error);
  }

  /** The caller gave up: what still arrives is verified and dropped. */
  #abandon(error: Error): void {
    this.fail(error);
    this.#assembly = new StubAssembly(0);
  }
}
