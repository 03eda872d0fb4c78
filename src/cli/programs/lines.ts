import { sanitise } from "../sanitise.js";

/** How much of a program's output is passed on. */
export interface LineLimits {
  /** Characters of one line; the rest of it is cut. */
  readonly lineLength: number;
  /** Characters of all lines together; the rest is dropped. */
  readonly total: number;
}

const LIMITS: LineLimits = { lineLength: 4096, total: 256 * 1024 };

/**
 * Passes the output of a program on line by line: UTF-8 without control characters, and bounded, so that a program which
 * has lost its mind fills neither the memory nor the terminal.
 */
export class LineForwarder {
  readonly #write: (line: string) => void;
  readonly #limits: LineLimits;
  readonly #decoder = new TextDecoder();
  #begun = "";
  #passed = 0;
  #full = false;

  constructor(write: (line: string) => void, limits: LineLimits = LIMITS) {
    this.#write = write;
    this.#limits = limits;
  }

  push(chunk: Uint8Array): void {
    if (!this.#full) this.#split(this.#decoder.decode(chunk, { stream: true }));
  }

  /** Passes on what stands after the last line break. */
  end(): void {
    this.#split(this.#decoder.decode());
    if (this.#begun !== "") this.#pass();
  }

  #split(text: string): void {
    const [rest, ...lines] = text.split("\n");
    this.#begin(rest ?? "");
    for (const line of lines) {
      this.#pass();
      this.#begin(line);
    }
  }

  /** Adds to the line that has begun; one character too many is kept as the sign that it was cut. */
  #begin(text: string): void {
    this.#begun = (this.#begun + text).slice(0, this.#limits.lineLength + 1);
  }

  #pass(): void {
    const line = this.#begun.replace(/\r$/, "");
    this.#begun = "";
    if (this.#full) return;
    this.#passed += line.length + 1;
    if (this.#passed > this.#limits.total) {
      this.#full = true;
      this.#write("… (the rest of what the program printed is dropped)");
      return;
    }
    const cut = line.length > this.#limits.lineLength;
    this.#write(cut ? `${sanitise(line.slice(0, -1))}…` : sanitise(line));
  }
}
