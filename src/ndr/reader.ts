import { guidFromBytes, GUID_SIZE, type Guid } from "../bytes/guid.js";
import { ByteReader } from "../bytes/reader.js";
import type { DecodeError } from "../errors.js";
import type { TransferSyntax } from "./syntax.js";

/** The most elements that an array or string may have ([MS-RPCE] 3.1.1.5.3.2.2.1). */
const MAX_ELEMENTS = 0x7fff_ffff;

/**
 * Reads a stub, the encoded parameters of a call. All that tells NDR from NDR64 is here and in NdrWriter: counts and
 * pointers take 4 or 8 bytes. Alignment counts from the start of the stub; what stands in alignment gaps is ignored
 * ([MS-RPCE] 3.1.1.5.3.2.2.6).
 */
export class NdrReader {
  readonly #bytes: ByteReader;
  readonly #wide: boolean;
  /** Where the value that was read last begins: what errors about a value point at. */
  #valueAt = 0;

  /** `what` is the method's name, the first part of every error. */
  constructor(stub: Uint8Array, syntax: TransferSyntax, what: string) {
    this.#bytes = new ByteReader(stub, what);
    this.#wide = syntax === "ndr64";
  }

  /** Bytes left to read. */
  get remaining(): number {
    return this.#bytes.remaining;
  }

  u32(field: string): number {
    this.#start(4, field);
    return this.#bytes.u32(field);
  }

  guid(field: string): Guid {
    this.#start(4, field);
    return guidFromBytes(this.#bytes.bytes(GUID_SIZE, field));
  }

  /** A maximum count, offset or actual count; at most 2^31 − 1. */
  count(field: string): number {
    const value = this.#word(field);
    if (value > MAX_ELEMENTS) throw this.fail(field, `is ${value}, more than an array or string may have`);
    return Number(value);
  }

  /** The id of a pointer's referent: whether there is one. The ids themselves mean nothing for unique pointers. */
  hasReferent(field: string): boolean {
    return Number(this.#word(field)) !== 0;
  }

  /** A view of the next `length` bytes of the stub; nothing is copied. */
  bytes(length: number, field: string): Uint8Array {
    this.#valueAt = this.#bytes.offset;
    return this.#bytes.bytes(length, field);
  }

  /** An error about the value that was read last. */
  fail(field: string, problem: string): DecodeError {
    return this.#bytes.fail(field, problem, this.#valueAt);
  }

  /** Refuses a stub that goes on for more than `tolerated` bytes after its last parameter. */
  end(tolerated: number): void {
    const surplus = this.#bytes.remaining;
    if (surplus > tolerated) throw this.#bytes.fail("(end)", `${surplus} bytes after the last parameter`);
  }

  #word(field: string): number | bigint {
    this.#start(this.#wide ? 8 : 4, field);
    return this.#wide ? this.#bytes.u64(field) : this.#bytes.u32(field);
  }

  #start(alignment: number, field: string): void {
    this.#bytes.align(alignment, field);
    this.#valueAt = this.#bytes.offset;
  }
}
