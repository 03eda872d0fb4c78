import type { Guid } from "../../bytes/guid.js";
import { ProtocolError, TooLargeError } from "../../errors.js";
import { StubAssembly } from "../fragments.js";
import type { RequestPdu } from "../pdu/request.js";
import { PFC } from "../pdu/types.js";

/** A whole request. */
export interface ServerRequest {
  readonly callId: number;
  readonly contextId: number;
  readonly opnum: number;
  /** The object UUID; null for none. */
  readonly object: Guid | null;
  /** Stub and verification trailer. */
  readonly stub: Uint8Array;
}

interface Partial extends Omit<ServerRequest, "stub"> {
  readonly assembly: StubAssembly;
}

/** Joins the fragments of a connection's requests, which come one request after the other (C706 12.6.4.9). */
export class RequestAssembler {
  #partial: Partial | null = null;
  #lastCallId = -1;

  /**
   * Takes a fragment with its opened stub; the request once it is whole, else null. Throws a ProtocolError for fragments
   * that do not follow each other, and a TooLargeError as soon as the stub has more than `maxStub` bytes ([MS-RPCE]
   * 3.3.3.5.4).
   */
  add(pdu: RequestPdu, stub: Uint8Array, maxStub: number): ServerRequest | null {
    const partial = this.#begin(pdu, maxStub);
    const { callId, contextId, opnum, object, assembly } = partial;
    if (pdu.callId !== callId || pdu.contextId !== contextId || pdu.opnum !== opnum)
      throw new ProtocolError(`a fragment of call ${pdu.callId} came in the middle of call ${callId}`);
    assembly.add(stub);
    if (assembly.size > maxStub)
      throw new TooLargeError(assembly.size, maxStub, stub.subarray(0, 0), "the request is too large");
    if ((pdu.flags & PFC.LAST_FRAG) === 0) return null;
    this.#partial = null;
    return { callId, contextId, opnum, object, stub: assembly.finish("the request") };
  }

  /** Forgets the fragments of a call that the client gave up; whether there were any. */
  abandon(callId: number): boolean {
    if (this.#partial?.callId !== callId) return false;
    this.#partial = null;
    return true;
  }

  #begin({ flags, callId, contextId, opnum, object }: RequestPdu, maxStub: number): Partial {
    if ((flags & PFC.FIRST_FRAG) === 0) {
      if (this.#partial === null) throw new ProtocolError(`call ${callId} has no first fragment`);
      return this.#partial;
    }
    if (this.#partial !== null)
      throw new ProtocolError(`call ${callId} began in the middle of call ${this.#partial.callId}`);
    // [MS-RPCE] 3.3.3.5.2
    if (callId <= this.#lastCallId)
      throw new ProtocolError(`call_id ${callId} does not increase, the last was ${this.#lastCallId}`);
    this.#lastCallId = callId;
    this.#partial = { callId, contextId, opnum, object, assembly: new StubAssembly(maxStub) };
    return this.#partial;
  }
}
