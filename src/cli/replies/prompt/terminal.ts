import { closeSync, openSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { ReadStream, WriteStream } from "node:tty";
import { UsageError } from "../../../errors.js";

/** Where a person is asked: lines are written, single keys are read. */
export interface Terminal {
  write(text: string): void;
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
  }

  write(text: string): void {
    this.#output.write(text);
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
    process.on("exit", this.#restore);
    this.#input.setRawMode(true);
    this.#input.ref();
    this.#input.resume();
  }

  stopKeys(): void {
    this.#onKeys = null;
    if (!this.#reading) return;
    this.#reading = false;
    process.removeListener("exit", this.#restore);
    this.#input.pause();
    this.#input.unref();
    this.#restore();
  }

  onGone(gone: () => void): void {
    this.#gone = gone;
  }

  close(): void {
    this.stopKeys();
    this.#input.destroy();
    this.#output.destroy();
  }

  readonly #restore = (): void => {
    this.#input.setRawMode(false);
  };
}
