import type { PduTrace, TracedAuth } from "../../rpc/tracer.js";
import { ConnectionTrace } from "./connection-trace.js";
import { authLevel, authType, flagNames } from "./names.js";

/** Turns the PDUs of all connections into what their lines tell; it numbers connections in the order in which they appear. */
export class PduFields {
  readonly #connections = new WeakMap<object, { readonly number: number; readonly state: ConnectionTrace }>();
  #opened = 0;

  of(trace: PduTrace): object {
    const { pdu } = trace;
    let connection = this.#connections.get(trace.key);
    if (connection === undefined) {
      connection = { number: ++this.#opened, state: new ConnectionTrace() };
      this.#connections.set(trace.key, connection);
    }
    return {
      direction: trace.direction,
      connection: connection.number,
      to: trace.connection === "epm" ? "endpoint mapper" : "print interfaces",
      peer: trace.peer,
      pdu: pdu?.type ?? null,
      flags: pdu === null ? null : flagNames(pdu.flags, pdu.type),
      callId: pdu?.callId ?? null,
      fragLength: trace.length,
      authLength: pdu?.auth?.tokenLength ?? 0,
      auth: pdu?.auth ? authFields(pdu.auth, trace.tokenKind) : null,
      ...connection.state.describe(trace),
      problem: trace.problem,
    };
  }
}

/** The sec_trailer, and of the token only what kind of message it is. */
function authFields({ type, level, padLength, contextId, tokenLength }: TracedAuth, kind: string | null): object {
  const token = { length: tokenLength, kind: kind ?? "signature" };
  return { type: authType(type), level: authLevel(level), padLength, contextId, token };
}
