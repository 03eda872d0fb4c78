import { ProtocolError, TooLargeError } from "../errors.js";
import type { Budget } from "./budget.js";
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
      yield { stub: offset === 0 ? stub : stub.subarray(offset), trailer, flags: first | PFC.LAST_FRAG, allocHint };
      return;
    }
    const beforeLast = (left - 1) & ~(PART_ALIGNMENT - 1);
    const length = Math.min(largest, beforeLast);
    yield { stub: stub.subarray(offset, offset + length), trailer: NOTHING, flags: first, allocHint };
    offset += length;
    first = 0;
  }
}

/** No answer can be larger: the sizes in it have 32 bits. Fragments that go on after that never end. */
const LARGEST_STUB = 2 ** 32 + 64 * 1024;
/** Bytes of a stub that is too large which are kept to tell what it was. */
const HEAD_SIZE = 64;
/** Bytes of the blocks that a stub of several parts is kept in: as much as there is already, within these. */
const SMALLEST_BLOCK = 4096;
const LARGEST_BLOCK = 1024 * 1024;

/**
 * Joins the parts of a stub as its fragments arrive, in memory of its own: parts are views of chunks that may be far larger. A
 * stub over the limit is counted and dropped, so that the fragments that follow can still be verified.
 */
export class StubAssembly {
  readonly #limit: number;
  readonly #budget: Budget | null;
  #blocks: Uint8Array[] = [];
  /** Bytes of the last block that are free. */
  #room = 0;
  #size = 0;
  #head: Uint8Array = NOTHING;

  /** `limit`: the largest stub to keep, in bytes; what is kept counts against `budget`. */
  constructor(limit: number, budget: Budget | null = null) {
    this.#limit = limit;
    this.#budget = budget;
  }

  /** Bytes that have arrived, dropped ones included. */
  get size(): number {
    return this.#size;
  }

  /**
   * Takes a copy of the next part. Throws a ProtocolError for a stub that is larger than any can be, and for one that the budget
   * has no room for.
   */
  add(part: Uint8Array): void {
    if (this.#size + part.length > LARGEST_STUB) throw new ProtocolError("the fragments of a stub go on without end");
    const dropped = this.#size > this.#limit;
    if (!dropped && this.#size + part.length > this.#limit) this.#drop(part);
    if (this.#size + part.length <= this.#limit) this.#keep(part);
    this.#size += part.length;
  }

  /** The whole stub. Throws a TooLargeError that names `what`. */
  finish(what: string): Uint8Array {
    if (this.#size > this.#limit)
      throw new TooLargeError(
        this.#size,
        this.#limit,
        this.#head,
        `${what} has ${this.#size} bytes, more than the ${this.#limit} allowed, and was dropped`,
      );
    const [only = NOTHING] = this.#blocks;
    const stub = this.#blocks.length <= 1 && this.#room === 0 ? only : this.#join(this.#size);
    this.discard();
    return stub;
  }

  /** Lets go of what was kept. */
  discard(): void {
    for (const block of this.#blocks) this.#budget?.give(block.length);
    this.#blocks = [];
    this.#room = 0;
  }

  #keep(part: Uint8Array): void {
    let rest = part;
    while (rest.length > 0) {
      if (this.#room === 0) this.#allocate(rest.length);
      const block = this.#blocks.at(-1) ?? NOTHING;
      const taken = rest.subarray(0, this.#room);
      block.set(taken, block.length - this.#room);
      this.#room -= taken.length;
      rest = rest.subarray(taken.length);
    }
  }

  /** The first block is just large enough: most stubs are one part. */
  #allocate(needed: number): void {
    const more = Math.min(Math.max(this.#size, SMALLEST_BLOCK), LARGEST_BLOCK, this.#limit - this.#size);
    const length = this.#blocks.length === 0 ? needed : Math.max(needed, more);
    this.#budget?.take(length);
    this.#blocks.push(new Uint8Array(length));
    this.#room = length;
  }

  #drop(part: Uint8Array): void {
    const head = this.#join(Math.min(this.#size, HEAD_SIZE));
    this.#head = Uint8Array.from([...head, ...part.subarray(0, HEAD_SIZE - head.length)]);
    this.discard();
  }

  /** The first `length` bytes, of those that are kept. */
  #join(length: number): Uint8Array {
    const joined = new Uint8Array(length);
    let offset = 0;
    for (const block of this.#blocks) {
      if (offset === length) break;
      joined.set(block.subarray(0, length - offset), offset);
      offset += Math.min(block.length, length - offset);
    }
    return joined;
  }
}
