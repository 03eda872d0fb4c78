import { ByteReader } from "../../bytes/reader.js";
import { ByteWriter } from "../../bytes/writer.js";
import { has } from "./flags.js";
import { MESSAGE_TYPES, OUR_VERSION, readField, readPreamble, writePreamble } from "./payload.js";

/** NEGOTIATE_MESSAGE ([MS-NLMP] 2.2.1.1); domain and workstation are never supplied in it. */
export interface Negotiate {
  readonly flags: number;
}

const HEADER_SIZE = 32;

export function encodeNegotiate({ flags }: Negotiate): Uint8Array {
  const writer = new ByteWriter(40);
  writePreamble(writer, MESSAGE_TYPES.negotiate);
  return writer.u32(flags).zeros(16).bytes(OUR_VERSION).finish();
}

/** Throws a DecodeError for a message that is malformed or cut short. */
export function decodeNegotiate(bytes: Uint8Array): Negotiate {
  const reader = new ByteReader(bytes, "NEGOTIATE");
  readPreamble(reader, MESSAGE_TYPES.negotiate);
  const flags = reader.u32("NegotiateFlags");
  readField(reader, HEADER_SIZE, "DomainName");
  readField(reader, HEADER_SIZE, "Workstation");
  if (has(flags, "version")) reader.bytes(OUR_VERSION.length, "Version");
  return { flags };
}
