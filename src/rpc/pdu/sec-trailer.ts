import { ByteReader } from "../../bytes/reader.js";
import type { ByteWriter } from "../../bytes/writer.js";
import { AUTH_LENGTH_OFFSET, HEADER_SIZE, type PduHeader } from "./header.js";

/** Bytes of the sec_trailer, which stands between body and token. */
export const SEC_TRAILER_SIZE = 8;

/** The sec_trailer ([MS-RPCE] 2.2.2.11) and the token behind it ([MS-RPCE] 2.2.2.12). */
export interface AuthVerifier {
  /** `auth_type`: 9 for SPNEGO. */
  readonly type: number;
  /** `auth_level` as on the wire: 4 packet, 5 integrity, 6 privacy. */
  readonly level: number;
  /** Padding at the end of the body, in bytes; 0 in bind, alter_context and auth3. */
  readonly padLength: number;
  readonly contextId: number;
  /** A view of the PDU. */
  readonly token: Uint8Array;
}

/** Where the body of a PDU ends: at the sec_trailer, or at the end. Throws a DecodeError for an impossible auth_length. */
export function bodyEnd(bytes: Uint8Array, header: PduHeader): number {
  if (header.authLength === 0) return bytes.length;
  const end = bytes.length - header.authLength - SEC_TRAILER_SIZE;
  if (end < HEADER_SIZE)
    throw new ByteReader(bytes, "header").fail(
      "auth_length",
      `${header.authLength} does not fit into a PDU of ${bytes.length} bytes`,
      AUTH_LENGTH_OFFSET,
    );
  return end;
}

/** The sec_trailer and token that begin at `end`; null when there is none. */
export function decodeAuth(bytes: Uint8Array, header: PduHeader, end: number): AuthVerifier | null {
  if (header.authLength === 0) return null;
  const reader = new ByteReader(bytes, "sec_trailer", end);
  const type = reader.u8("auth_type");
  const level = reader.u8("auth_level");
  const padLength = reader.u8("auth_pad_length");
  reader.u8("auth_reserved");
  const contextId = reader.u32("auth_context_id");
  return { type, level, padLength, contextId, token: reader.bytes(header.authLength, "auth_value") };
}

/** Writes a sec_trailer; the token follows it. */
export function writeSecTrailer(writer: ByteWriter, auth: Omit<AuthVerifier, "token">): void {
  writer.u8(auth.type).u8(auth.level).u8(auth.padLength).u8(0).u32(auth.contextId);
}
