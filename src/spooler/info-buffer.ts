import { ByteReader } from "../bytes/reader.js";
import { ByteWriter } from "../bytes/writer.js";
import { decodeUtf16, encodeUtf16 } from "../bytes/utf16.js";
import type { DecodeError } from "../errors.js";

/** One structure of an array of INFO structures: reads its fixed part field by field. */
export interface InfoStructure {
  u32(field: string): number;
  /** The string that the next field gives the offset of; null for the offset 0. */
  string(field: string): string | null;
  /** The strings that the next field gives the offset of, one behind the other up to an empty one; none for the offset 0. */
  strings(field: string): string[];
  /** An error about the structure. */
  fail(field: string, problem: string): DecodeError;
}

/**
 * Reads `count` custom-marshalled INFO structures ([MS-RPRN] 2.2.2): their fixed parts of `size` bytes stand one behind the
 * other, each offset counts from its own structure, and the strings stand anywhere in the buffer, in UTF-16LE with a
 * terminating NUL. All of it is the server's word: what leaves the buffer is a DecodeError, and so are strings that
 * share their bytes, because a small buffer could hold millions of long ones.
 */
export function readInfoStructures<T>(
  buffer: Uint8Array,
  { name, count, size }: { readonly name: string; readonly count: number; readonly size: number },
  read: (structure: InfoStructure) => T,
): T[] {
  const whole = new ByteReader(buffer, name);
  if (count * size > buffer.length)
    throw whole.fail("(count)", `${count} structures of ${size} bytes do not fit into ${buffer.length} bytes`);
  const strings = new StringArea(buffer);
  return Array.from({ length: count }, (_, i) => {
    const start = i * size;
    const reader = new ByteReader(buffer.subarray(0, start + size), `${name}[${i}]`, start);
    const string = (field: string, at: number): string => {
      const text = strings.read(at);
      if (typeof text === "object") throw reader.fail(field, `leads to ${at}: ${text.problem}`);
      return text;
    };
    return read({
      u32: (field) => reader.u32(field),
      string: (field) => {
        const offset = reader.u32(field);
        return offset === 0 ? null : string(field, start + offset);
      },
      strings: (field) => {
        const offset = reader.u32(field);
        const found: string[] = [];
        if (offset === 0) return found;
        let at = start + offset;
        for (let next = string(field, at); next !== ""; next = string(field, at)) {
          found.push(next);
          at += 2 * next.length + 2;
        }
        return found;
      },
      fail: (field, problem) => reader.fail(field, problem, start),
    });
  });
}

/** The strings of a buffer, read at most once each. */
class StringArea {
  readonly #bytes: Buffer;
  /** Bytes of strings that may still be read. */
  #left: number;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
    this.#left = byteLength;
  }

  /** The string that begins at `start`, or what is wrong with it. */
  read(start: number): string | { readonly problem: string } {
    if (start >= this.#bytes.length) return { problem: "behind the end of the buffer" };
    const end = endOfString(this.#bytes, start, start + this.#left);
    if (end === null) return { problem: "a string without end, or one that shares its bytes with others" };
    this.#left -= end - start;
    return decodeUtf16(this.#bytes.subarray(start, end));
  }
}

/** Where the NUL of the string at `start` stands; null where there is none before `limit`. */
function endOfString(bytes: Buffer, start: number, limit: number): number | null {
  for (let at = start; at <= limit && at + 2 <= bytes.length; at += 2)
    if (bytes[at] === 0 && bytes[at + 1] === 0) return at;
  return null;
}

/** What a structure of `writeInfoStructures` consists of: numbers, and strings that are written behind all structures. */
export type InfoFields = readonly (number | string)[];

/** The bytes of INFO structures with the given fields, as `readInfoStructures` reads them. */
export function writeInfoStructures(structures: readonly InfoFields[]): Uint8Array {
  const size = 4 * (structures[0]?.length ?? 0);
  const strings: Uint8Array[] = [];
  let end = size * structures.length;
  const fixed = structures.flatMap((fields, i) =>
    fields.map((field) => {
      if (typeof field === "number") return field;
      const bytes = encodeUtf16(`${field}\0`);
      strings.push(bytes);
      const offset = end - size * i;
      end += bytes.length;
      return offset;
    }),
  );
  const writer = new ByteWriter(end);
  for (const value of fixed) writer.u32(value);
  for (const bytes of strings) writer.bytes(bytes);
  return writer.finish();
}
