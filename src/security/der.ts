import { ByteReader } from "../bytes/reader.js";

/** The few types of DER ([X.690]) that SPNEGO and Kerberos are made of. */

export const TAGS = {
  integer: 0x02,
  octetString: 0x04,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  sequence: 0x30,
  /** [APPLICATION 0], constructed: the frame of the first token ([RFC 2743] 3.1). */
  application0: 0x60,
} as const;

/** The tag of `[APPLICATION 14] SEQUENCE …`: applicationTag(14). */
export function applicationTag(number: number): number {
  return 0x60 | number;
}

/** The tag of an explicit context field: `[2] EXPLICIT …` is contextTag(2). */
export function contextTag(number: number): number {
  return 0xa0 | number;
}

/** No length of ours takes more bytes. */
const MAX_LENGTH_BYTES = 4;
const MAX_OID_BYTES = 64;
/** What a JavaScript number holds exactly, and Kerberos' 32-bit numbers with a sign take 5. */
const MAX_INTEGER_BYTES = 6;

/**
 * Reads values of DER one after another from a part of a token; a constructed value gives a reader of its own, so the
 * depth is that of the grammar and never that of the data. Everything else throws a DecodeError that names field and
 * offset: indefinite or longer than minimal lengths, values that run past the end of what holds them, wrong tags.
 */
export class DerReader {
  readonly #token: Uint8Array;
  readonly #what: string;
  readonly #reader: ByteReader;

  /** Reads `token` from `start` to `end`; offsets in errors count from the start of the token. */
  constructor(token: Uint8Array, what: string, start = 0, end = token.length) {
    this.#token = token;
    this.#what = what;
    this.#reader = new ByteReader(token.subarray(0, end), what, start);
  }

  /** The tag of the next value; null at the end. */
  peek(): number | null {
    return this.#reader.remaining === 0 ? null : (this.#reader.buffer[this.#reader.offset] ?? null);
  }

  /** The content of the next value, which must have this tag. */
  enter(tag: number, field: string): DerReader {
    const { start, end } = this.#value(tag, field);
    return new DerReader(this.#token, this.#what, start, end);
  }

  /** The content of the next value if it has this tag; null for another one and at the end. */
  enterIf(tag: number, field: string): DerReader | null {
    return this.peek() === tag ? this.enter(tag, field) : null;
  }

  /** A view of all that is left. */
  rest(): Uint8Array {
    return this.#reader.buffer.subarray(this.#reader.offset);
  }

  /** The next value whole, tag and length included, without moving past it. */
  whole(field: string): Uint8Array {
    const at = this.#reader.offset;
    const { end } = this.#value(null, field);
    this.#reader.offset = at;
    return this.#token.subarray(at, end);
  }

  /** Skips the next value, whatever it is. */
  skip(field: string): void {
    this.#value(null, field);
  }

  /** A view of the next value, an OCTET STRING. */
  octets(field: string): Uint8Array {
    const { start, end } = this.#value(TAGS.octetString, field);
    return this.#token.subarray(start, end);
  }

  /** The next value, an INTEGER of at most six bytes. */
  integer(field: string): number {
    const { start, end } = this.#value(TAGS.integer, field);
    if (end === start || end - start > MAX_INTEGER_BYTES)
      throw this.#reader.fail(field, `has ${end - start} bytes, must have 1 to ${MAX_INTEGER_BYTES}`, start);
    return Buffer.from(this.#token.subarray(start, end)).readIntBE(0, end - start);
  }

  /** The next value, an ENUMERATED of one byte. */
  enumerated(field: string): number {
    const { start, end } = this.#value(TAGS.enumerated, field);
    if (end - start !== 1) throw this.#reader.fail(field, `has ${end - start} bytes, must have 1`, start);
    return this.#token[start] ?? 0;
  }

  /** The next value, an OBJECT IDENTIFIER, in dotted decimals. */
  oid(field: string): string {
    const { start, end } = this.#value(TAGS.objectIdentifier, field);
    const bytes = this.#token.subarray(start, end);
    const problem = oidProblem(bytes);
    if (problem !== null) throw this.#reader.fail(field, problem, start);
    return decodeOid(bytes);
  }

  /** Throws when values are left. */
  end(field: string): void {
    const { remaining } = this.#reader;
    if (remaining > 0) throw this.#reader.fail(field, `has ${remaining} bytes too many`);
  }

  /** Throws when anything but zero octets is left: senders may allocate more than they fill ([MS-RPCE] 2.2.2.11). */
  endOrZeros(field: string): void {
    if (this.rest().some((byte) => byte !== 0)) this.end(field);
  }

  fail(field: string, problem: string): Error {
    return this.#reader.fail(field, problem);
  }

  /** Moves past the next value and tells where its content lies. */
  #value(tag: number | null, field: string): { start: number; end: number } {
    const at = this.#reader.offset;
    const actual = this.#reader.u8(`${field} tag`);
    if (tag !== null && actual !== tag)
      throw this.#reader.fail(field, `has tag 0x${actual.toString(16)}, must have 0x${tag.toString(16)}`, at);
    const length = this.#length(field);
    const start = this.#reader.offset;
    this.#reader.bytes(length, field);
    return { start, end: start + length };
  }

  #length(field: string): number {
    const at = this.#reader.offset;
    const first = this.#reader.u8(`${field} length`);
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > MAX_LENGTH_BYTES)
      throw this.#reader.fail(field, `has a length of ${count === 0 ? "indefinite form" : `${count} bytes`}`, at);
    const length = this.#reader.bytes(count, `${field} length`).reduce((value, byte) => value * 256 + byte, 0);
    if (length < 0x80 || length < 256 ** (count - 1))
      throw this.#reader.fail(field, "has a length that is not in its shortest form", at);
    return length;
  }
}

/** What is wrong with the content of an OBJECT IDENTIFIER; null when nothing is ([X.690] 8.19). */
function oidProblem(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return "is empty";
  if (bytes.length > MAX_OID_BYTES) return `has ${bytes.length} bytes, at most ${MAX_OID_BYTES} are read`;
  if (((bytes.at(-1) ?? 0) & 0x80) !== 0) return "ends in the middle of a number";
  const padded = bytes.some((byte, i) => byte === 0x80 && (i === 0 || ((bytes[i - 1] ?? 0) & 0x80) === 0));
  return padded ? "has a number that is not in its shortest form" : null;
}

function decodeOid(bytes: Uint8Array): string {
  const numbers: bigint[] = [];
  let number = 0n;
  for (const byte of bytes) {
    number = (number << 7n) | BigInt(byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    numbers.push(number);
    number = 0n;
  }
  // The first two numbers share one: 40 × first + second, where the first is 0, 1 or 2.
  const [both = 0n, ...rest] = numbers;
  const first = both >= 80n ? 2n : both / 40n;
  return [first, both - first * 40n, ...rest].join(".");
}

/** A value of DER: tag, definite length in its shortest form, content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return new Uint8Array(Buffer.concat([Uint8Array.of(tag, ...encodeLength(length)), ...content]));
}

function encodeLength(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** An OBJECT IDENTIFIER from dotted decimals. */
export function derOid(oid: string): Uint8Array {
  const [first = 0n, second = 0n, ...rest] = oid.split(".").map(BigInt);
  return der(TAGS.objectIdentifier, Uint8Array.from([first * 40n + second, ...rest].flatMap(base128)));
}

/** Seven bits to a byte, most significant first, all but the last marked. */
function base128(value: bigint): number[] {
  const bytes = [Number(value & 0x7fn)];
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) bytes.unshift(Number(rest & 0x7fn) | 0x80);
  return bytes;
}
