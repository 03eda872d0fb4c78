import type { ByteReader } from "../../bytes/reader.js";
import { buildPdu, type PduCommon } from "./message.js";

/** Why a server refuses a bind: p_reject_reason_t (C706 12.6.3.1, [MS-RPCE] 2.2.2.5). */
export const REJECT_REASONS = {
  reasonNotSpecified: 0,
  temporaryCongestion: 1,
  localLimitExceeded: 2,
  calledPaddrUnknown: 3,
  protocolVersionNotSupported: 4,
  defaultContextNotSupported: 5,
  userDataNotReadable: 6,
  noPsapAvailable: 7,
  authenticationTypeNotRecognized: 8,
  invalidChecksum: 9,
} as const;

/** A refused bind ([MS-RPCE] 2.2.2.9). What follows the reason (versions, signature, extended error) is not needed. */
export interface BindNakPdu extends PduCommon {
  readonly type: "bind_nak";
  /** See REJECT_REASONS; unknown values are kept. */
  readonly reason: number;
}

/** Versions, signature and extended error are optional in practice and ignored ([MS-RPCE] 2.2.2.9, note 36). */
export function readBindNakBody(reader: ByteReader): { reason: number } {
  return { reason: reader.u16("provider_reject_reason") };
}

/** The bytes of a bind_nak; it names version 5.0 as the one supported, and has no signature. */
export function encodeBindNak(pdu: BindNakPdu): Uint8Array {
  return buildPdu(pdu.type, pdu, (writer) => {
    writer.u16(pdu.reason).u8(1).u8(5).u8(0).zeros(3);
  });
}
