import { closeSync, openSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { ReadStream, WriteStream } from "node:tty";
import { UsageError } from "../../../errors.js";

/** Erases everything from the line of the cursor on. */
export const ERASE = "\r\x1b[J";

/** What a terminal is taken for that does not tell its size. */
const USUAL_SIZE: TerminalSize = { columns: 80, rows: 24 };

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Where a person is asked: lines are written, single keys are read. */
export interface Terminal {
  write(text: string): void;
  /** Its size now. */
  size(): TerminalSize;
  /** Calls back when the size has changed. */
  onResize(resized: () => void): void;
  /** Reads keys, one by one and without echo, from now on; what was typed before is thrown away. */
  startKeys(onKeys: (keys: string) => void): Promise<void>;
  /** Reads no more keys, and puts the terminal back to how it was. */
  stopKeys(): void;
  /** Calls back when the terminal has gone away. */
  onGone(gone: () => void): void;
  close(): void;
}

/**
 * The terminal that controls this process, whatever stdin and stdout are.
 *
 * @throws {UsageError} when there is none.
 */
export function openTerminal(): Terminal {
  const descriptors: number[] = [];
  try {
    descriptors.push(openSync("/dev/tty", "r"), openSync("/dev/tty", "w"));
    const [input = -1, output = -1] = descriptors;
    return new ControllingTerminal(new ReadStream(input), new WriteStream(output));
  } catch (error) {
    for (const descriptor of descriptors) closeSync(descriptor);
    throw new UsageError("-i needs a terminal to ask on, and there is none.", {
      cause: error,
      hint: "Let --reply choose the answers, or run panwatch in a terminal.",
    });
  }
}

class ControllingTerminal implements Terminal {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  #onKeys: ((keys: string) => void) | null = null;
  #gone: () => void = () => undefined;
  #resized: () => void = () => undefined;
  #reading = false;

  constructor(input: ReadStream, output: WriteStream) {
    this.#input = input;
    this.#output = output;
    input.pause();
    input.unref();
    input.setEncoding("utf8");
    input.on("data", (keys: string) => this.#onKeys?.(keys));
    input.on("end", () => this.#gone());
    input.on("error", () => this.#gone());
    output.on("error", () => this.#gone());
    process.on("SIGWINCH", this.#onResize);
  }

  write(text: string): void {
    this.#output.write(text);
  }

  size(): TerminalSize {
    const [columns, rows] = this.#output.getWindowSize();
    return { columns: columns || USUAL_SIZE.columns, rows: rows || USUAL_SIZE.rows };
  }

  onResize(resized: () => void): void {
    this.#resized = resized;
  }

  async startKeys(onKeys: (keys: string) => void): Promise<void> {
    this.#onKeys = null;
    if (!this.#reading) this.#begin();
    // What was typed earlier comes in with the next turn of the event loop, while nobody takes keys.
    await turn();
    await turn();
    if (this.#reading) this.#onKeys = onKeys;
  }

  #begin(): void {
    this.#reading = true;
    process.on("exit", this.#abandon);
    this.#input.setRawMode(true);
    this.#input.ref();
    this.#input.resume();
  }

  stopKeys(): void {
    this.#onKeys = null;
    if (!this.#reading) return;
    this.#reading = false;
    process.removeListener("exit", this.#abandon);
    this.#input.pause();
    this.#input.unref();
    this.#input.setRawMode(false);
  }

  onGone(gone: () => void): void {
    this.#gone = gone;
  }

  close(): void {
    this.stopKeys();
    process.removeListener("SIGWINCH", this.#onResize);
    this.#input.destroy();
    this.#output.destroy();
  }

  /** The process ends while a question stands: it makes room for what comes next. */
  readonly #abandon = (): void => {
    this.#input.setRawMode(false);
    this.#output.write(ERASE);
  };

  /** Node reads the size again only for stdout and stderr. */
  readonly #onResize = (): void => {
    (this.#output as { _refreshSize?: () => void })._refreshSize?.();
    this.#resized();
  };
}
