import type { Mechanism } from "../mechanism.js";
import type { NegTokenResp } from "./tokens.js";

/** What initiator and acceptor share. */

/** auth_type of the sec_trailer: RPC_C_AUTHN_GSS_NEGOTIATE ([MS-RPCE] 2.2.1.1.7). */
export const AUTH_TYPE_SPNEGO = 9;

export interface SpnegoOptions {
  /** The mechanisms of one connection, not yet stepped, preferred first. */
  readonly mechanisms: readonly Mechanism[];
}

/** The mechanism that answers to an OID; null when none does. */
export function mechanismFor(mechanisms: readonly Mechanism[], oid: string): Mechanism | null {
  return mechanisms.find(({ oids }) => oids.includes(oid)) ?? null;
}

/**
 * The peer's mechListMIC; null when there is none. One that repeats the responseToken is none either: implementations of
 * the older [RFC 2478] filled the field so.
 */
export function receivedMic({ mechListMic, responseToken }: NegTokenResp): Uint8Array | null {
  const echo = mechListMic !== null && responseToken !== null && Buffer.compare(mechListMic, responseToken) === 0;
  return echo ? null : mechListMic;
}
