/** Builds a byte string of little-endian numbers and byte blocks in a buffer that grows by doubling. */
export class ByteWriter {
  #buffer: Uint8Array;
  #view: DataView;
  #length = 0;

  /** `capacity`: bytes to reserve at first; a good guess saves a copy. */
  constructor(capacity = 256) {
    this.#buffer = new Uint8Array(capacity);
    this.#view = new DataView(this.#buffer.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const start = this.#grow(1);
    this.#view.setUint8(start, value);
    return this;
  }

  u16(value: number): this {
    const start = this.#grow(2);
    this.#view.setUint16(start, value, true);
    return this;
  }

  u32(value: number): this {
    const start = this.#grow(4);
    this.#view.setUint32(start, value, true);
    return this;
  }

  u64(value: bigint): this {
    const start = this.#grow(8);
    this.#view.setBigUint64(start, value, true);
    return this;
  }

  /** A big-endian 16-bit number (ports in endpoint towers). */
  u16be(value: number): this {
    const start = this.#grow(2);
    this.#view.setUint16(start, value, false);
    return this;
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
    this.#view.setUint16(offset, value, true);
  }

  /** What was written; the writer must not be used after it. */
  finish(): Uint8Array {
    return this.#length === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.#length);
  }

  /** Reserves `count` bytes and returns where they begin. May replace buffer and view: call it before using them. */
  #grow(count: number): number {
    const start = this.#length;
    const needed = start + count;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, start));
      this.#buffer = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#length = needed;
    return start;
  }
}
