import { PduFields } from "../../../src/cli/trace/pdu-fields.js";
import { IRPCAsyncNotify, IRPCRemoteObject } from "../../../src/pan/idl.js";
import { transferSyntaxId } from "../../../src/rpc/syntaxes.js";
import type { PduTrace, TracedPdu } from "../../../src/rpc/tracer.js";

export type Fields = Readonly<Record<string, unknown>>;

const KEY = {};
export const AT = new Date("2026-11-21T14:30:00.250Z");

/** A trace of a PDU on a connection of its own, or on the one of `key`. */
export function pduTrace(pdu: TracedPdu | null, more: Partial<PduTrace> = {}): PduTrace {
  return {
    direction: "sent",
    key: KEY,
    connection: "1",
    peer: "192.0.2.1:49152",
    at: AT,
    pdu,
    tokenKind: null,
    length: 100,
    stub: null,
    problem: null,
    ...more,
  };
}

/** The bind of the print interfaces: contexts 0 and 1 in NDR64, 2 and 3 in NDR. */
export const BIND: TracedPdu = {
  type: "bind",
  flags: 0x17,
  callId: 1,
  auth: { type: 9, level: 6, padLength: 0, contextId: 1, tokenLength: 40 },
  maxXmit: 5840,
  maxRecv: 5840,
  assocGroup: 0,
  contexts: (["ndr64", "ndr"] as const).flatMap((syntax, i) =>
    [IRPCRemoteObject, IRPCAsyncNotify].map(({ uuid, major, minor }, j) => ({
      id: 2 * i + j,
      abstractSyntax: { uuid, major, minor },
      transferSyntaxes: [transferSyntaxId(syntax)],
    })),
  ),
};

export function request(fields: { callId: number; contextId: number; opnum: number; flags?: number }): TracedPdu {
  return { type: "request", auth: null, flags: 3, allocHint: 0, object: null, ...fields };
}

export function response(fields: { callId: number; contextId: number; flags?: number }): TracedPdu {
  return { type: "response", auth: null, flags: 3, allocHint: 0, cancelCount: 0, ...fields };
}

/** What the traces' lines tell, in order, as they read in the file. */
export function told(...traces: readonly PduTrace[]): Fields[] {
  const fields = new PduFields();
  return traces.map((trace) => JSON.parse(JSON.stringify(fields.of(trace))) as Fields);
}
