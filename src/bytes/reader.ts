import { DecodeError } from "../errors.js";

/**
 * Reads little-endian numbers and views of bytes from a buffer, never past its end: each read throws a DecodeError that
 * names the field, the offset, what was needed and what was there. Nothing is copied; `bytes` returns views.
 */
export class ByteReader {
  readonly buffer: Uint8Array;
  readonly #view: DataView;
  /** What is being read, the first part of every error: "bind_ack". */
  readonly #what: string;
  /** Bytes from the start of the buffer to the next read. */
  offset: number;

  constructor(buffer: Uint8Array, what: string, offset = 0) {
    this.buffer = buffer;
    this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    this.#what = what;
    this.offset = offset;
  }

  /** Bytes left to read. */
  get remaining(): number {
    return this.buffer.length - this.offset;
  }

  u8(field: string): number {
    return this.#view.getUint8(this.#take(1, field));
  }

  u16(field: string): number {
    return this.#view.getUint16(this.#take(2, field), true);
  }

  u32(field: string): number {
    return this.#view.getUint32(this.#take(4, field), true);
  }

  u64(field: string): bigint {
    return this.#view.getBigUint64(this.#take(8, field), true);
  }

  /** A big-endian 16-bit number (ports in endpoint towers). */
  u16be(field: string): number {
    return this.#view.getUint16(this.#take(2, field), false);
  }

  /** A big-endian 32-bit number (credential caches). */
  u32be(field: string): number {
    return this.#view.getUint32(this.#take(4, field), false);
  }

  /** A view of the next `length` bytes. */
  bytes(length: number, field: string): Uint8Array {
    const start = this.#take(length, field);
    return this.buffer.subarray(start, start + length);
  }

  /** Skips to the next multiple of `alignment`, counted from the start of the buffer. */
  align(alignment: number, field: string): void {
    const gap = -this.offset & (alignment - 1);
    if (gap !== 0) this.#take(gap, `alignment before ${field}`);
  }

  /** An error at the current offset, for rules that go beyond length. */
  fail(field: string, problem: string, offset = this.offset): DecodeError {
    return new DecodeError(`${this.#what}.${field}`, offset, problem);
  }

  #take(length: number, field: string): number {
    const start = this.offset;
    if (length > this.remaining) throw this.fail(field, `needs ${length} bytes, ${this.remaining} left`);
    this.offset = start + length;
    return start;
  }
}
