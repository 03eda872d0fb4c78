import { FaultError, ProtocolError } from "../errors.js";
import type { Budget } from "./budget.js";
import { StubAssembly } from "./fragments.js";
import { faultMeaning, faultName } from "./fault-names.js";
import type { FaultPdu } from "./pdu/fault.js";
import type { ResponsePdu } from "./pdu/response.js";
import { PFC, WHOLE } from "./pdu/types.js";

/** [MS-RPCE] 3.3.2.5.2 */
const LARGEST_ALLOC_HINT = 0x7fff_ffff;

/** A call that has been sent and awaits its answer, which may come hours later and in many fragments. */
export class PendingCall {
  /** The method, for messages. */
  readonly what: string;
  /** The method may wait for something to happen. */
  readonly waits: boolean;
  readonly #contextId: number;
  readonly #resolve: (stub: Uint8Array) => void;
  readonly #reject: (error: Error) => void;
  #assembly: StubAssembly;
  #begun = false;

  constructor(
    call: {
      readonly what: string;
      readonly contextId: number;
      readonly maxStub: number;
      readonly waits?: boolean | undefined;
      /** What the answer counts against while it arrives. */
      readonly budget?: Budget | undefined;
    },
    resolve: (stub: Uint8Array) => void,
    reject: (error: Error) => void,
  ) {
    this.what = call.what;
    this.waits = call.waits ?? false;
    this.#contextId = call.contextId;
    this.#assembly = new StubAssembly(call.maxStub, call.budget);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /**
   * Takes a fragment of the response and its opened stub; true when it was the last. Throws a ProtocolError when it does
   * not belong where it came.
   */
  respond(pdu: ResponsePdu, stub: Uint8Array): boolean {
    if (pdu.contextId !== this.#contextId)
      throw new ProtocolError(
        `the response to ${this.what} names presentation context ${pdu.contextId}, not ${this.#contextId}`,
      );
    if (pdu.allocHint > LARGEST_ALLOC_HINT)
      throw new ProtocolError(`the response to ${this.what} announces ${pdu.allocHint} bytes`);
    const first = (pdu.flags & PFC.FIRST_FRAG) !== 0;
    if (first === this.#begun)
      throw new ProtocolError(`the response to ${this.what} ${first ? "begins twice" : "lacks its first fragment"}`);
    this.#begun = true;
    this.#assembly.add(stub);
    if ((pdu.flags & PFC.LAST_FRAG) === 0) return false;
    try {
      this.#resolve(this.#assembly.finish(`the response to ${this.what}`));
    } catch (error) {
      this.#reject(error as Error);
    }
    return true;
  }

  /** Ends the call with the fault that answers it. */
  fault(pdu: FaultPdu): void {
    if ((pdu.flags & WHOLE) !== WHOLE) throw new ProtocolError(`the fault for ${this.what} came in fragments`);
    const meaning = faultMeaning(pdu.status);
    const text = `${this.what} was answered with the fault ${faultName(pdu.status)}`;
    this.#assembly.discard();
    this.#reject(new FaultError(pdu.status, meaning === null ? text : `${text}: ${meaning}`));
  }

  /** Ends the call without an answer. */
  fail(error: Error): void {
    this.#assembly.discard();
    this.#reject(error);
  }

  /** The caller gave up: what still arrives is verified and dropped. */
  abandon(error: Error): void {
    this.#assembly.discard();
    this.#assembly = new StubAssembly(0);
    this.#reject(error);
  }
}
