import type { PanwatchError } from "../../../src/errors.js";
import type { Link, LinkHandlers } from "../../../src/rpc/link.js";
import { Random } from "../engine/random.js";

/** A stream in chunks of sizes that follow from its bytes, so that an input is always cut in the same way. */
export function chunksOf(stream: Uint8Array): Uint8Array[] {
  const random = new Random(stream.length ^ ((stream[stream.length >> 1] ?? 0) << 16));
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < stream.length;) {
    const length = random.length(stream.length);
    // Copies: whoever takes a chunk may change it.
    chunks.push(stream.slice(at, at + length));
    at += length;
  }
  return chunks;
}

/**
 * A server that says what it was given: one PDU for each of the first sends, so that a handshake gets its answers one
 * at a time, then all the rest in chunks, and the end of the connection.
 */
export class ScriptLink implements Link {
  readonly queued = 0;
  readonly peer = "script:1";
  readonly #stream: Uint8Array;
  readonly #answers: number;
  #handlers: LinkHandlers | null = null;
  #at = 0;
  #sends = 0;

  /** `answers`: how many sends get one PDU each. */
  constructor(stream: Uint8Array, answers: number) {
    this.#stream = stream;
    this.#answers = answers;
  }

  start(handlers: LinkHandlers): void {
    this.#handlers = handlers;
  }

  send(): void {
    this.#sends += 1;
    if (this.#sends <= this.#answers) queueMicrotask(() => this.#answerOne());
    else if (this.#sends === this.#answers + 1) queueMicrotask(() => this.#answerAll());
  }

  close(): void {
    this.#closed(null);
  }

  destroy(): void {
    this.#closed(null);
  }

  #answerOne(): void {
    const length = (this.#stream[this.#at + 8] ?? 0) | ((this.#stream[this.#at + 9] ?? 0) << 8);
    const end = Math.min(this.#stream.length, this.#at + Math.max(16, length));
    this.#deliver(this.#stream.slice(this.#at, end));
    this.#at = end;
    if (this.#at === this.#stream.length) this.#answerAll();
  }

  #answerAll(): void {
    for (const chunk of chunksOf(this.#stream.subarray(this.#at))) this.#deliver(chunk);
    this.#closed(null);
  }

  #deliver(chunk: Uint8Array): void {
    this.#handlers?.data(chunk);
  }

  #closed(error: PanwatchError | null): void {
    const handlers = this.#handlers;
    this.#handlers = null;
    queueMicrotask(() => handlers?.closed(error));
  }
}
