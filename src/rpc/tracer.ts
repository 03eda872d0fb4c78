import type { Pdu } from "./pdu/pdu.js";
import type { AuthVerifier } from "./pdu/sec-trailer.js";

/** A sec_trailer as traces show it: the token is left out, for it may hold what proves an identity. */
export interface TracedAuth extends Omit<AuthVerifier, "token"> {
  readonly tokenLength: number;
}

type WithoutSecrets<P> = P extends Pdu ? Omit<P, "auth" | "stub"> : never;

/** The decoded fields of a PDU, without token and stub. */
export type TracedPdu = WithoutSecrets<Pdu> & { readonly auth: TracedAuth | null };

/** A PDU that was sent or received. */
export interface PduTrace {
  readonly direction: "sent" | "received";
  /** Stands for the connection: the same object in all of its traces, and in those of no other. */
  readonly key: object;
  /** Which connection: `epm` for the endpoint mapper, else `1`, `2` … in the order in which the association opened them. */
  readonly connection: string;
  /** The peer's address and port. */
  readonly peer: string;
  readonly at: Date;
  /** Null for one that could not be decoded. */
  readonly pdu: TracedPdu | null;
  /** What kind of message the token of a bind, an alter_context or their answers is; null for signatures and without one. */
  readonly tokenKind: string | null;
  /** Bytes of the PDU on the wire. */
  readonly length: number;
  /** The plain stub of a request or response: a view, valid while the tracer runs. Null for other PDUs and sealed ones. */
  readonly stub: Uint8Array | null;
  /** Why a received PDU was refused; null when it was not. */
  readonly problem: string | null;
}

/** Sees each PDU as it is sent or received. It must not throw; what it keeps of the stub it has to copy. */
export type PduTracer = (trace: PduTrace) => void;

/** The fields of a PDU that a trace may show. */
export function tracedPdu(pdu: Pdu): TracedPdu {
  return { ...withoutSecrets(pdu), auth: pdu.auth === null ? null : tracedAuth(pdu.auth) };
}

function withoutSecrets<P extends Pdu>({ auth: _auth, ...fields }: P): WithoutSecrets<P> {
  if ("stub" in fields) Reflect.deleteProperty(fields, "stub");
  return fields as WithoutSecrets<P>;
}

function tracedAuth({ token, ...trailer }: AuthVerifier): TracedAuth {
  return { ...trailer, tokenLength: token.length };
}
