import { randomFillSync } from "node:crypto";
import { AES_BLOCK } from "./cts.js";

const COUNT = 256;

/** The random block that begins every sealed message; drawn many at a time, because each draw has its price. */
export class Confounders {
  readonly #pool = new Uint8Array(COUNT * AES_BLOCK);
  #used = this.#pool.length;

  /** A view of fresh random bytes, to be used before the next call. */
  next(): Uint8Array {
    if (this.#used === this.#pool.length) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    this.#used += AES_BLOCK;
    return this.#pool.subarray(this.#used - AES_BLOCK, this.#used);
  }
}
