import { guidToBytes, type Guid } from "../bytes/guid.js";
import { ByteWriter } from "../bytes/writer.js";
import type { TransferSyntax } from "./syntax.js";

/** Referent ids as Windows makes them: the first one and the step to the next. */
const FIRST_REFERENT = 0x0002_0000;
const REFERENT_STEP = 4;

/**
 * Writes a stub, the encoded parameters of a call. All that tells NDR from NDR64 is here and in NdrReader: counts and
 * pointers take 4 or 8 bytes. Alignment counts from the start of the stub, gaps are zero.
 */
export class NdrWriter {
  readonly #bytes: ByteWriter;
  readonly #wide: boolean;
  #nextReferent = FIRST_REFERENT;

  /** `capacity`: bytes to reserve; with enough of them nothing is copied twice. */
  constructor(syntax: TransferSyntax, capacity: number) {
    this.#bytes = new ByteWriter(capacity);
    this.#wide = syntax === "ndr64";
  }

  u32(value: number): void {
    this.#bytes.align(4).u32(value);
  }

  guid(value: Guid): void {
    this.#bytes.align(4).bytes(guidToBytes(value));
  }

  /** A maximum count, offset or actual count. */
  count(value: number): void {
    this.#word(value);
  }

  /** The id of a unique pointer's referent, a new one each time; 0 when there is none. */
  referent(present: boolean): void {
    this.#word(present ? this.#nextReferent : 0);
    if (present) this.#nextReferent += REFERENT_STEP;
  }

  bytes(value: Uint8Array): void {
    this.#bytes.bytes(value);
  }

  /** The stub; the writer must not be used after it. */
  finish(): Uint8Array {
    return this.#bytes.finish();
  }

  #word(value: number): void {
    if (this.#wide) this.#bytes.align(8).u64(BigInt(value));
    else this.#bytes.align(4).u32(value);
  }
}
