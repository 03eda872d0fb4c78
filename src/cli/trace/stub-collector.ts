import { StubAssembly } from "../../rpc/fragments.js";
import { PFC, WHOLE } from "../../rpc/pdu/types.js";

/** Bytes of a stub in several fragments that are kept until it is whole. */
const MAX_STUB = 256 * 1024;

/** What a fragment brought. */
export interface Collected {
  /** Counts from 1. */
  readonly fragment: number;
  /** The whole stub with the last fragment; null before, and for one that was too large to keep. */
  readonly stub: Uint8Array | null;
  /** Bytes that have arrived, this fragment's included. */
  readonly size: number;
}

/** Joins the fragments of one stub as traces see them: views that are only valid for a moment. */
export class StubCollector {
  readonly #assembly = new StubAssembly(MAX_STUB);
  #fragments = 0;

  add(part: Uint8Array, flags: number): Collected {
    const fragment = ++this.#fragments;
    if ((flags & WHOLE) === WHOLE) return { fragment, stub: part, size: part.length };
    this.#assembly.add(part.slice());
    const { size } = this.#assembly;
    const whole = (flags & PFC.LAST_FRAG) !== 0 && size <= MAX_STUB;
    return { fragment, stub: whole ? this.#assembly.finish("a stub") : null, size };
  }
}
