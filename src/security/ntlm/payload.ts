import type { ByteReader } from "../../bytes/reader.js";
import { decodeUtf16 } from "../../bytes/utf16.js";
import type { ByteWriter } from "../../bytes/writer.js";
import { ProtocolError } from "../../errors.js";

/**
 * What the three NTLM messages have in common: the signature, the version, and fields that point into the payload by
 * length and offset ([MS-NLMP] 2.2.1).
 */

export const MESSAGE_TYPES = { negotiate: 1, challenge: 2, authenticate: 3 } as const;

/** "NTLMSSP\0" */
const SIGNATURE = 0x0050_5353_4d4c_544en;

/** VERSION ([MS-NLMP] 2.2.2.10): 10.0, build 0, NTLMSSP revision 15. For debugging only, peers do not look at it. */
export const OUR_VERSION = Uint8Array.of(10, 0, 0, 0, 0, 0, 0, 15);

export function writePreamble(writer: ByteWriter, type: number): void {
  writer.u64(SIGNATURE).u32(type);
}

/** Reads the signature and the message type, and throws a DecodeError when they are not those of this message. */
export function readPreamble(reader: ByteReader, type: number): void {
  if (reader.u64("Signature") !== SIGNATURE) throw reader.fail("Signature", "is not NTLMSSP", 0);
  const actual = reader.u32("MessageType");
  if (actual !== type) throw reader.fail("MessageType", `is ${actual}, must be ${type}`, 8);
}

/** Reads the lengths and the offset of a field, and returns a view of what they point to, behind the fixed header. */
export function readField(reader: ByteReader, headerSize: number, field: string): Uint8Array {
  const at = reader.offset;
  const length = reader.u16(`${field}Len`);
  reader.u16(`${field}MaxLen`);
  const offset = reader.u32(`${field}BufferOffset`);
  if (length === 0) return new Uint8Array(0);
  if (offset < headerSize || offset + length > reader.buffer.length)
    throw reader.fail(field, `${length} bytes at ${offset} of a message of ${reader.buffer.length} bytes`, at);
  return reader.buffer.subarray(offset, offset + length);
}

/** A field that holds UTF-16LE text. */
export function readText(reader: ByteReader, headerSize: number, field: string): string {
  const at = reader.offset;
  const bytes = readField(reader, headerSize, field);
  if (bytes.length % 2 !== 0) throw reader.fail(field, `${bytes.length} bytes are no UTF-16 text`, at);
  return decodeUtf16(bytes);
}

/** Where the value of a field stands in its message. */
interface Placed {
  readonly length: number;
  readonly offset: number;
}

/** Collects the values that follow the fixed header, in the order in which they are added. */
export class Payload {
  readonly #values: Uint8Array[] = [];
  #end: number;

  constructor(headerSize: number) {
    this.#end = headerSize;
  }

  /** Throws a ProtocolError for a value that is too long for its 16-bit length. */
  add(value: Uint8Array, field: string): Placed {
    if (value.length > 0xffff) throw new ProtocolError(`NTLM cannot carry a ${field} of ${value.length} bytes`);
    const placed = { length: value.length, offset: this.#end };
    this.#values.push(value);
    this.#end += value.length;
    return placed;
  }

  writeTo(writer: ByteWriter): void {
    for (const value of this.#values) writer.bytes(value);
  }
}

export function writeField(writer: ByteWriter, { length, offset }: Placed): void {
  writer.u16(length).u16(length).u32(offset);
}
