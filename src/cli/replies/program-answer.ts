import { excerpt, readButton, readDecision, type Decision, type Invalid } from "./decision.js";

/** The longest line that names a button. */
const MAX_LINE_BYTES = 64 * 1024;

/** The longest line that holds a JSON object: room for the longest reply, 0x00A00000 bytes of UTF-16, as UTF-8. */
const MAX_OBJECT_BYTES = 16 * 1024 * 1024;

const LINE_FEED = 0x0a;
const OPENING_BRACE = 0x7b;

/** Collects what a reply program prints: one line. It keeps no more than a line can hold. */
export class ProgramAnswer {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #lineEnded = false;
  #problem: string | null = null;

  /** Takes a piece of the output; false when no more of it is wanted because it is no answer. */
  push(chunk: Uint8Array): boolean {
    if (this.#problem === null) this.#take(chunk);
    return this.#problem === null;
  }

  /** What the program has decided, once it has ended. */
  read(): Decision | Invalid {
    if (this.#problem !== null) return { kind: "invalid", problem: this.#problem };
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(this.#chunks));
    } catch {
      return { kind: "invalid", problem: "it printed bytes that are not UTF-8" };
    }
    return readLine(text.replace(/\r$/, ""));
  }

  #take(chunk: Uint8Array): void {
    const end = this.#lineEnded ? 0 : chunk.indexOf(LINE_FEED);
    const line = end < 0 ? chunk : chunk.subarray(0, end);
    if (end >= 0) {
      this.#lineEnded = true;
      if (!isBlank(chunk.subarray(end))) this.#problem = "it printed more than one line";
    }
    if (line.length === 0) return;
    this.#chunks.push(line);
    this.#size += line.length;
    const limit = this.#chunks[0]?.[0] === OPENING_BRACE ? MAX_OBJECT_BYTES : MAX_LINE_BYTES;
    if (this.#size > limit) this.#problem ??= `it printed a line of more than ${limit / 1024} KiB`;
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

function readLine(line: string): Decision | Invalid {
  if (line === "") return { kind: "invalid", problem: "it printed no answer" };
  if (!line.startsWith("{")) return readButton(line);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: "invalid", problem: `"${excerpt(line)}" is no JSON object` };
  }
  return readDecision(value as Record<string, unknown>);
}
