import { DecodeError } from "../../errors.js";

/** Tags of the DER that Kerberos is written in. */
export const TAGS = { integer: 0x02, octets: 0x04, sequence: 0x30, generalString: 0x1b } as const;

/** `[n]`, explicit. */
export const context = (n: number): number => 0xa0 | n;
/** `[APPLICATION n]`. */
export const application = (n: number): number => 0x60 | n;

/**
 * Reads the elements of one DER value, one after another, never past its end. Offsets in errors count from the start of
 * the whole message. Nothing is copied.
 */
export class DerReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  readonly #end: number;
  #offset: number;

  /** `what` is the first part of every error: "AP-REQ". */
  constructor(bytes: Uint8Array, what: string, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#what = what;
    this.#offset = start;
    this.#end = end;
  }

  get hasMore(): boolean {
    return this.#offset < this.#end;
  }

  /** What is left of this value. */
  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#offset, this.#end);
  }

  /** The content of the next element, which must have this tag. */
  element(tag: number, field: string): DerReader {
    const actual = this.#byte(field);
    if (actual !== tag) throw this.#fail(field, `has tag 0x${actual.toString(16)} instead of 0x${tag.toString(16)}`, 1);
    const length = this.#length(field);
    const start = this.#offset;
    if (length > this.#end - start) throw this.#fail(field, `needs ${length} bytes, ${this.#end - start} left`);
    this.#offset = start + length;
    return new DerReader(this.#bytes, this.#what, start, this.#offset);
  }

  /** The content of the next element if it has this tag, else null. */
  optional(tag: number, field: string): DerReader | null {
    return this.hasMore && this.#bytes[this.#offset] === tag ? this.element(tag, field) : null;
  }

  /** The next element, an INTEGER of at most eight bytes. */
  integer(field: string): number {
    const content = this.element(TAGS.integer, field).rest;
    if (content.length === 0 || content.length > 8) throw this.#fail(field, `an INTEGER of ${content.length} bytes`);
    const bits = content.length * 8;
    return Number(BigInt.asIntN(bits, BigInt(`0x${Buffer.from(content).toString("hex")}`)));
  }

  /** The bytes of the next element, an OCTET STRING. */
  octets(field: string): Uint8Array {
    return this.element(TAGS.octets, field).rest;
  }

  #length(field: string): number {
    const first = this.#byte(field);
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw this.#fail(field, `has a length of form 0x${first.toString(16)}`, 1);
    let length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + this.#byte(field);
    return length;
  }

  #byte(field: string): number {
    const byte = this.hasMore ? this.#bytes[this.#offset] : undefined;
    if (byte === undefined) throw this.#fail(field, "needs 1 byte, 0 left");
    this.#offset++;
    return byte;
  }

  #fail(field: string, problem: string, back = 0): DecodeError {
    return new DecodeError(`${this.#what}.${field}`, this.#offset - back, problem);
  }
}
