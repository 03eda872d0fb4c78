import { ByteWriter } from "../../bytes/writer.js";
import { patchLengths, writeHeader } from "./header.js";
import { writeSecTrailer, type AuthVerifier } from "./sec-trailer.js";
import type { PduType } from "./types.js";

/** What all decoded PDUs have in common. */
export interface PduCommon {
  /** `pfc_flags`, see PFC. */
  readonly flags: number;
  readonly callId: number;
  /** The sec_trailer and token; null for a PDU without security. */
  readonly auth: AuthVerifier | null;
}

/** Builds a PDU: header, body, and where there is one sec_trailer and token, with the lengths filled in. */
export function buildPdu(type: PduType, common: PduCommon, body: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  writeHeader(writer, type, common.flags, common.callId);
  body(writer);
  const { auth } = common;
  if (auth !== null) {
    writeSecTrailer(writer, auth);
    writer.bytes(auth.token);
  }
  patchLengths(writer, writer.length, auth?.token.length ?? 0);
  return writer.finish();
}
