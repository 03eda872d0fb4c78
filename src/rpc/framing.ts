import { DecodeError } from "../errors.js";
import { FRAG_LENGTH_OFFSET, HEADER_SIZE } from "./pdu/header.js";

/** No PDU can be longer: `frag_length` has 16 bits. */
export const LARGEST_PDU = 0xffff;

const LITTLE_ENDIAN = 0x10;

/**
 * Cuts a byte stream into PDUs. A PDU that lies within one chunk is given as a view of it; one that straddles chunks is
 * joined once, in a buffer of its own length. Work is proportional to the bytes, however small the chunks.
 */
export class PduFramer {
  /** The largest `frag_length` accepted, in bytes; what both sides agreed on, once they have. */
  limit: number;
  readonly #header = new Uint8Array(HEADER_SIZE);
  /** The PDU that is being collected: the header buffer until its length is known. */
  #partial: Uint8Array;
  #have = 0;

  constructor(limit: number = LARGEST_PDU) {
    this.limit = limit;
    this.#partial = this.#header;
  }

  /** Bytes of an incomplete PDU that wait for their rest. */
  get pending(): number {
    return this.#have;
  }

  /**
   * Takes the next chunk of the stream and yields the PDUs that it completes. Throws a DecodeError for a header that
   * cannot be framed; the stream is unusable then. PDUs that came before it are yielded first.
   */
  *push(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#have === 0 && chunk.length - offset >= HEADER_SIZE) {
        const length = this.#fragLength(chunk, offset);
        if (chunk.length - offset >= length) {
          yield chunk.subarray(offset, offset + length);
          offset += length;
          continue;
        }
      }
      offset += this.#collect(chunk, offset);
      if (this.#partial === this.#header || this.#have < this.#partial.length) continue;
      const pdu = this.#partial;
      this.#partial = this.#header;
      this.#have = 0;
      yield pdu;
    }
  }

  /** Copies what the partial PDU still needs and the chunk has; returns how many bytes that were. */
  #collect(chunk: Uint8Array, offset: number): number {
    const count = Math.min(this.#partial.length - this.#have, chunk.length - offset);
    this.#partial.set(chunk.subarray(offset, offset + count), this.#have);
    this.#have += count;
    if (this.#partial === this.#header && this.#have === HEADER_SIZE) {
      this.#partial = new Uint8Array(this.#fragLength(this.#header, 0));
      this.#partial.set(this.#header);
    }
    return count;
  }

  #fragLength(bytes: Uint8Array, offset: number): number {
    const byte = (index: number): number => bytes[offset + index] ?? 0;
    if (byte(0) !== 5) throw new DecodeError("header.rpc_vers", 0, `is ${byte(0)}, not 5: this is not DCE/RPC`);
    if (byte(4) !== LITTLE_ENDIAN) throw new DecodeError("header.packed_drep", 4, "is not little-endian and ASCII");
    const length = byte(FRAG_LENGTH_OFFSET) | (byte(FRAG_LENGTH_OFFSET + 1) << 8);
    if (length < HEADER_SIZE || length > this.limit)
      throw new DecodeError(
        "header.frag_length",
        FRAG_LENGTH_OFFSET,
        `is ${length}, outside ${HEADER_SIZE} to ${this.limit}`,
      );
    return length;
  }
}
