import type { LogonExchange } from "./logon-exchange.js";
import { decodePdu, type Pdu } from "./pdu/pdu.js";
import { tracedPdu, type PduTrace, type PduTracer } from "./tracer.js";

/** Tells a tracer what goes over one connection. */
export class ConnectionTrace {
  readonly #tracer: PduTracer;
  readonly #logon: LogonExchange;
  readonly #subject: Pick<PduTrace, "key" | "connection" | "peer">;

  constructor(tracer: PduTracer, connection: string, peer: string, logon: LogonExchange) {
    this.#tracer = tracer;
    this.#logon = logon;
    this.#subject = { key: {}, connection, peer };
  }

  /** A PDU is sent; `stub` is the plain stub of a request. */
  sent(bytes: Uint8Array, stub: Uint8Array | null): void {
    this.#tell("sent", bytes, decodePdu(bytes), stub, null);
  }

  /** A PDU has been handled; `pdu` is null where it could not be decoded, `problem` where it was taken. */
  received(bytes: Uint8Array, pdu: Pdu | null, stub: Uint8Array | null, problem: string | null): void {
    this.#tell("received", bytes, pdu, stub, problem);
  }

  #tell(
    direction: PduTrace["direction"],
    bytes: Uint8Array,
    pdu: Pdu | null,
    stub: Uint8Array | null,
    problem: string | null,
  ): void {
    this.#tracer({
      direction,
      ...this.#subject,
      at: new Date(),
      pdu: pdu === null ? null : tracedPdu(pdu),
      tokenKind: pdu === null ? null : this.#tokenKind(pdu),
      length: bytes.length,
      stub,
      problem,
    });
  }

  #tokenKind({ type, auth }: Pdu): string | null {
    const isLogon = type.startsWith("bind") || type.startsWith("alter_context");
    return auth === null || !isLogon ? null : this.#logon.describe(auth.token);
  }
}
