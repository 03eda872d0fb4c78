import { ByteReader } from "../../bytes/reader.js";
import type { ByteWriter } from "../../bytes/writer.js";
import { PDU_TYPES, pduTypeName, type PduType } from "./types.js";

/** Bytes of the header that all PDUs share. */
export const HEADER_SIZE = 16;
/** Where `frag_length` and `auth_length` lie, for those who patch or peek. */
export const FRAG_LENGTH_OFFSET = 8;
export const AUTH_LENGTH_OFFSET = 10;

const RPC_VERSION = 5;
/** Little-endian integers, ASCII, IEEE floats: the only representation that is spoken here (C706 14.2.5). */
export const DATA_REPRESENTATION = 0x00000010;

/** The common header (C706 12.6.3.1), without the constants. */
export interface PduHeader {
  readonly type: PduType;
  /** `pfc_flags`, see PFC. */
  readonly flags: number;
  /** Bytes of the whole PDU. */
  readonly fragLength: number;
  /** Bytes of the authentication token; the 8 bytes of the sec_trailer do not count. */
  readonly authLength: number;
  readonly callId: number;
}

/** Reads and checks the header of a complete PDU ([MS-RPCE] 3.3.1.5.1). Throws a DecodeError. */
export function decodeHeader(bytes: Uint8Array): PduHeader {
  const reader = new ByteReader(bytes, "header");
  const version = reader.u8("rpc_vers");
  if (version !== RPC_VERSION) throw reader.fail("rpc_vers", `is ${version}, not 5: this is not DCE/RPC`, 0);
  const minor = reader.u8("rpc_vers_minor");
  if (minor !== 0) throw reader.fail("rpc_vers_minor", `is ${minor}, not 0`, 1);
  const typeValue = reader.u8("PTYPE");
  const type = pduTypeName(typeValue);
  if (type === undefined) throw reader.fail("PTYPE", `${typeValue} is no PDU type of connection-oriented RPC`, 2);
  const flags = reader.u8("pfc_flags");
  if (reader.u32("packed_drep") !== DATA_REPRESENTATION)
    throw reader.fail("packed_drep", "is not little-endian, ASCII and IEEE (10 00 00 00)", 4);
  const fragLength = reader.u16("frag_length");
  if (fragLength !== bytes.length)
    throw reader.fail("frag_length", `is ${fragLength}, but the PDU has ${bytes.length} bytes`, FRAG_LENGTH_OFFSET);
  const authLength = reader.u16("auth_length");
  return { type, flags, fragLength, authLength, callId: reader.u32("call_id") };
}

/** Writes a header whose lengths `patchLengths` fills in later. */
export function writeHeader(writer: ByteWriter, type: PduType, flags: number, callId: number): void {
  writer.u8(RPC_VERSION).u8(0).u8(PDU_TYPES[type]).u8(flags).u32(DATA_REPRESENTATION).u16(0).u16(0).u32(callId);
}

/** Puts the final lengths into a header at the start of the writer. */
export function patchLengths(writer: ByteWriter, fragLength: number, authLength: number): void {
  writer.patchU16(FRAG_LENGTH_OFFSET, fragLength);
  writer.patchU16(AUTH_LENGTH_OFFSET, authLength);
}
