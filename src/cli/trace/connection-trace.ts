import type { TransferSyntax } from "../../ndr/syntax.js";
import { hresultName, failed } from "../../pan/hresults.js";
import { faultMeaning, faultName } from "../../rpc/fault-names.js";
import { CONTEXT_RESULTS } from "../../rpc/pdu/bind-ack.js";
import type { PresentationContext } from "../../rpc/pdu/bind.js";
import { PFC } from "../../rpc/pdu/types.js";
import { transferSyntaxOf } from "../../rpc/syntaxes.js";
import type { PduTrace, TracedPdu } from "../../rpc/tracer.js";
import { hex32, toHex } from "../../bytes/hex.js";
import { interfaceOf, type TracedMethod } from "./interfaces.js";
import { contextReason, contextResult, interfaceName, rejectReason, syntaxName } from "./names.js";
import { StubCollector } from "./stub-collector.js";
import { shownValues } from "./values.js";

type Traced<Type extends TracedPdu["type"]> = Extract<TracedPdu, { readonly type: Type }>;

/** Bytes of a stub that a line shows: few where it was decoded, more where it could not be. */
const DECODED_BYTES = 256;
const RAW_BYTES = 4096;

/** What a presentation context stands for. */
interface Context {
  readonly uuid: string;
  readonly interface: string;
  readonly syntax: TransferSyntax | null;
}

/** A call that awaits its answer. */
interface Call {
  readonly context: Context | undefined;
  readonly opnum: number;
  readonly method: TracedMethod | undefined;
  readonly sentAt: number;
  readonly request: StubCollector;
  readonly response: StubCollector;
}

/**
 * What the PDUs of one connection mean: it remembers the presentation contexts of the bind and the calls that are under way, so that
 * stubs can be shown as the parameters they hold. Nothing that a server sends makes it throw.
 */
export class ConnectionTrace {
  readonly #contexts = new Map<number, Context>();
  readonly #calls = new Map<number, Call>();
  #proposed: readonly PresentationContext[] = [];

  /** The fields of a PDU that depend on its type. */
  describe(trace: PduTrace): object {
    const { pdu } = trace;
    if (pdu === null) return {};
    switch (pdu.type) {
      case "bind":
      case "alter_context":
        return this.#bind(pdu);
      case "bind_ack":
      case "alter_context_resp":
        return this.#bindAck(pdu);
      case "bind_nak":
        return { reason: rejectReason(pdu.reason) };
      case "request":
        return this.#request(pdu, trace);
      case "response":
        return this.#response(pdu, trace);
      case "fault":
        return this.#fault(pdu, trace);
      case "orphaned":
        this.#calls.delete(pdu.callId);
        return {};
      default:
        return {};
    }
  }

  #bind({ maxXmit, maxRecv, assocGroup, contexts }: Traced<"bind" | "alter_context">): object {
    this.#proposed = contexts;
    for (const { id, abstractSyntax, transferSyntaxes } of contexts) {
      const syntax = transferSyntaxes.map(transferSyntaxOf).find((known) => known !== null) ?? null;
      this.#contexts.set(id, { uuid: abstractSyntax.uuid, interface: interfaceName(abstractSyntax), syntax });
    }
    const shown = contexts.map(({ id, abstractSyntax, transferSyntaxes }) => ({
      id,
      interface: interfaceName(abstractSyntax),
      uuid: abstractSyntax.uuid,
      transferSyntaxes: transferSyntaxes.map(syntaxName),
    }));
    return { maxXmit, maxRecv, assocGroup: hex32(assocGroup), contexts: shown };
  }

  #bindAck(pdu: Traced<"bind_ack" | "alter_context_resp">): object {
    const { maxXmit, maxRecv, assocGroup, secondaryAddress } = pdu;
    const results = pdu.results.map(({ result, reason, transferSyntax }, i) => {
      const proposed = this.#proposed[i];
      const granted = result === CONTEXT_RESULTS.negotiateAck;
      return {
        contextId: proposed?.id ?? null,
        interface: proposed === undefined ? null : interfaceName(proposed.abstractSyntax),
        result: contextResult(result),
        // With negotiate_ack the field holds the bits that were granted.
        reason: granted ? { value: reason, name: `granted 0x${reason.toString(16)}` } : contextReason(reason),
        transferSyntax: syntaxName(transferSyntax),
      };
    });
    return { maxXmit, maxRecv, assocGroup: hex32(assocGroup), secondaryAddress, results };
  }

  #request({ callId, contextId, opnum, allocHint, object, flags }: Traced<"request">, { stub, at }: PduTrace): object {
    if ((flags & PFC.FIRST_FRAG) !== 0) this.#begin(callId, contextId, opnum, at);
    const call = this.#calls.get(callId);
    const fields = { ...callFields(call, contextId), opnum, allocHint, object };
    if (call === undefined || stub === null) return fields;
    const read = call.method?.request;
    return { ...fields, ...stubFields(stub, flags, call.request, this.#reader(call, read)) };
  }

  #begin(callId: number, contextId: number, opnum: number, at: Date): void {
    const context = this.#contexts.get(contextId);
    const method = context === undefined ? undefined : interfaceOf(context.uuid)?.methods.get(opnum);
    const collectors = { request: new StubCollector(), response: new StubCollector() };
    this.#calls.set(callId, { context, opnum, method, sentAt: at.getTime(), ...collectors });
  }

  #response({ callId, contextId, allocHint, cancelCount, flags }: Traced<"response">, { stub, at }: PduTrace): object {
    const call = this.#calls.get(callId);
    const fields = { ...callFields(call, contextId), ...sinceSent(call, at), allocHint, cancelCount };
    if ((flags & PFC.LAST_FRAG) !== 0) this.#calls.delete(callId);
    if (stub === null) return fields;
    const collector = call?.response ?? new StubCollector();
    return { ...fields, ...stubFields(stub, flags, collector, this.#reader(call, call?.method?.response)) };
  }

  #fault({ callId, contextId, status, cancelCount }: Traced<"fault">, { at }: PduTrace): object {
    const call = this.#calls.get(callId);
    this.#calls.delete(callId);
    const name = failed(status) ? hresultName(status) : faultName(status);
    const shown = { code: hex32(status), name, meaning: faultMeaning(status) };
    return { ...callFields(call, contextId), ...sinceSent(call, at), status: shown, cancelCount };
  }

  /** What reads a stub of the call; null where its method or transfer syntax is none of ours. */
  #reader(call: Call | undefined, read: TracedMethod["request"] | undefined): ((stub: Uint8Array) => object) | null {
    const syntax = call?.context?.syntax ?? null;
    return read === undefined || syntax === null ? null : (stub) => read(syntax, stub);
  }
}

function callFields(call: Call | undefined, contextId: number): object {
  const { context, method } = call ?? {};
  return {
    contextId,
    interface: context?.interface ?? null,
    transferSyntax: context?.syntax ?? null,
    method: method?.name ?? null,
  };
}

/** Milliseconds from the request to its answer. */
function sinceSent(call: Call | undefined, at: Date): object {
  return { ms: call === undefined ? null : at.getTime() - call.sentAt };
}

function stubFields(
  part: Uint8Array,
  flags: number,
  collector: StubCollector,
  read: ((stub: Uint8Array) => object) | null,
): object {
  const { fragment, stub, size } = collector.add(part, flags);
  const last = (flags & PFC.LAST_FRAG) !== 0;
  const about = { fragment: { number: fragment, last, stubBytesSoFar: size } };
  const undecoded = (bytes: Uint8Array, why: string): object => ({
    ...about,
    stub: raw(bytes, stub === null ? DECODED_BYTES : RAW_BYTES),
    values: null,
    undecoded: why,
  });
  if (stub === null)
    return undecoded(part, last ? "the stub is too large to be decoded here" : "the stub goes on in the next fragment");
  if (read === null) return undecoded(stub, "neither the method nor its transfer syntax is known");
  try {
    return { ...about, stub: raw(stub, DECODED_BYTES), values: shownValues(read(stub)), undecoded: null };
  } catch (error) {
    return undecoded(stub, error instanceof Error ? error.message : String(error));
  }
}

function raw(bytes: Uint8Array, limit: number): object {
  return { length: bytes.length, hex: toHex(bytes.subarray(0, limit)) };
}
