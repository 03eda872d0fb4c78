import { ProtocolError, TooLargeError } from "../errors.js";
import { PFC } from "./pdu/types.js";

/** A part of a stub that goes into one fragment. */
export interface StubPart {
  /** A view of the stub. */
  readonly stub: Uint8Array;
  /** What follows the stub in its last fragment: the verification trailer, or nothing. */
  readonly trailer: Uint8Array;
  /** PFC.FIRST_FRAG, PFC.LAST_FRAG, both or none. */
  readonly flags: number;
  /** Bytes from this part on to the end, its own included ([MS-RPCE] 2.2.2.6). */
  readonly allocHint: number;
}

const NOTHING: Uint8Array = new Uint8Array(0);
/** Parts but the last are a multiple of this, so that what follows keeps its alignment. */
const PART_ALIGNMENT = 16;

/**
 * Cuts a stub into parts of at most `room` bytes. A trailer goes undivided into the last one ([MS-RPCE] 2.2.2.13), for which
 * `room` must be larger than the trailer and 16 bytes. An empty stub makes one empty part.
 */
export function* splitStub(stub: Uint8Array, room: number, trailer: Uint8Array = NOTHING): Generator<StubPart> {
  const largest = room - (room % PART_ALIGNMENT);
  let offset = 0;
  let first: number = PFC.FIRST_FRAG;
  for (;;) {
    const left = stub.length - offset;
    const allocHint = left + trailer.length;
    if (allocHint <= largest) {
      yield { stub: stub.subarray(offset), trailer, flags: first | PFC.LAST_FRAG, allocHint };
      return;
    }
    const beforeLast = (left - 1) & ~(PART_ALIGNMENT - 1);
    const length = Math.min(largest, beforeLast);
    yield { stub: stub.subarray(offset, offset + length), trailer: NOTHING, flags: first, allocHint };
    offset += length;
    first = 0;
  }
}

/** Parts below this size are copied together as they arrive, so that tiny fragments cost no more than their bytes. */
const SMALL_PART = 512;
/** No answer can be larger: the sizes in it have 32 bits. Fragments that go on after that never end. */
const LARGEST_STUB = 2 ** 32 + 64 * 1024;
/** Bytes of a stub that is too large which are kept to tell what it was. */
const HEAD_SIZE = 64;

/**
 * Joins the parts of a stub as its fragments arrive. A stub over the limit is counted and dropped, so that the fragments
 * that follow can still be verified.
 */
export class StubAssembly {
  readonly #limit: number;
  #parts: Uint8Array[] = [];
  /** The bytes of small parts that arrived in a row, and how many of them are used. */
  #pool: Uint8Array = NOTHING;
  #pooled = 0;
  #size = 0;
  #head: Uint8Array = NOTHING;

  /** `limit`: the largest stub to keep, in bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that have arrived, dropped ones included. */
  get size(): number {
    return this.#size;
  }

  /**
   * Takes the next part: a view that must stay as it is until `finish`. Throws a ProtocolError for a stub that is larger than
   * any can be.
   */
  add(part: Uint8Array): void {
    if (part.length === 0) return;
    if (this.#size + part.length > LARGEST_STUB) throw new ProtocolError("the fragments of a stub go on without end");
    if (this.#size <= this.#limit && this.#size + part.length > this.#limit) this.#drop(part);
    this.#size += part.length;
    if (this.#size > this.#limit) return;
    if (part.length >= SMALL_PART || this.#size === part.length) {
      this.#flushPool();
      this.#parts.push(part);
    } else {
      this.#addSmall(part);
    }
  }

  /** The whole stub; the part itself when there was one only. Throws a TooLargeError that names `what`. */
  finish(what: string): Uint8Array {
    if (this.#size > this.#limit)
      throw new TooLargeError(
        this.#size,
        this.#limit,
        this.#head,
        `${what} has ${this.#size} bytes, more than the ${this.#limit} allowed, and was dropped`,
      );
    this.#flushPool();
    const [only] = this.#parts;
    if (this.#parts.length === 1 && only !== undefined) return only;
    return this.#join();
  }

  #addSmall(part: Uint8Array): void {
    if (this.#pooled + part.length > this.#pool.length) {
      this.#flushPool();
      this.#pool = new Uint8Array(64 * 1024);
    }
    this.#pool.set(part, this.#pooled);
    this.#pooled += part.length;
  }

  #flushPool(): void {
    if (this.#pooled === 0) return;
    this.#parts.push(this.#pool.subarray(0, this.#pooled));
    this.#pool = this.#pool.subarray(this.#pooled);
    this.#pooled = 0;
  }

  #drop(part: Uint8Array): void {
    this.#flushPool();
    this.#parts.push(part);
    this.#head = this.#join(HEAD_SIZE);
    this.#parts = [];
    this.#pool = NOTHING;
  }

  #join(length = this.#size): Uint8Array {
    const available = this.#parts.reduce((sum, part) => sum + part.length, 0);
    const joined = new Uint8Array(Math.min(length, available));
    let offset = 0;
    for (const part of this.#parts) {
      if (offset === joined.length) break;
      joined.set(part.subarray(0, joined.length - offset), offset);
      offset += Math.min(part.length, joined.length - offset);
    }
    return joined;
  }
}
