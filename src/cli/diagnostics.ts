import type { Writable } from "node:stream";
import { PanwatchError } from "../errors.js";
import type { Notice } from "../pan/connection-options.js";
import { withFlags } from "./hints.js";
import { wrap } from "./render/wrap.js";
import { sanitise, sanitiseLines } from "./sanitise.js";
import { asSentence, capitalised } from "./sentence.js";
import type { Holdable } from "./silence.js";

/** Bytes that a blocked stderr keeps at most; what comes then is dropped. */
const MAX_WAITING = 1 << 20;

/** Texts that are kept at most while a question stands on the terminal. */
const MAX_HELD = 1000;

/** What is said on stderr, cleaned of whatever a server may have put into it. */
export class Diagnostics implements Holdable {
  readonly #stream: Writable;
  readonly #verbosity: number;
  /** What waits while stderr is held, and who is told of the first; null when it is not held. */
  #held: { readonly texts: string[]; readonly waiting: () => void } | null = null;

  /** `verbosity` is how often -v was given. */
  constructor(stream: Writable, verbosity: number) {
    this.#stream = stream;
    this.#verbosity = verbosity;
  }

  /** Tells what is worth saying at this verbosity. */
  readonly notice: Notice = (text, level) => {
    const needed = { warn: 0, verbose: 1, debug: 2 }[level];
    if (this.#verbosity >= needed) this.line(`panwatch: ${withFlags(text)}`);
  };

  /** One line of text, which a terminal shows in as many lines as it takes, broken between words. */
  line(text: string): void {
    this.block(wrap(sanitise(text), columnsOf(this.#stream)).join("\n"));
  }

  /** A text that is clean already, or made of clean parts and colours. */
  block(text: string): void {
    if (this.#held !== null) {
      const { texts, waiting } = this.#held;
      if (texts.length < MAX_HELD) texts.push(text);
      if (texts.length === 1) waiting();
    } else if (this.#stream.writableLength <= MAX_WAITING) this.#stream.write(`${text}\n`);
  }

  hold(waiting: () => void): Disposable {
    const texts: string[] = [];
    this.#held = { texts, waiting };
    return {
      [Symbol.dispose]: () => {
        this.#held = null;
        for (const text of texts) this.block(text);
      },
    };
  }

  async flush(): Promise<void> {
    await new Promise<void>((resolve) => this.#stream.write("", () => resolve()));
  }

  /** What ends the command: one sentence and what to do about it. The stack only with -vv. */
  failure(error: unknown): void {
    this.line(`panwatch: ${describeError(error)}`);
    if (this.#verbosity >= 2 && error instanceof Error) this.block(sanitiseLines(stackOf(error)));
  }
}

/** The sentence of an error, followed by its hint. An error that is not ours is told as an internal one. */
export function describeError(error: unknown): string {
  if (error instanceof PanwatchError) return describeFailure(error.message, error.hint);
  const text = error instanceof Error ? error.message : String(error);
  return describeFailure(`internal error: ${text}`, "This is a bug in panwatch; -vv shows where it happened.");
}

/** A message and a hint, each as a sentence. */
export function describeFailure(message: string, hint: string | null): string {
  return hint === null ? asSentence(message) : `${asSentence(message)} ${asSentence(capitalised(withFlags(hint)))}`;
}

/** The width of a terminal; Infinity for anything else. */
function columnsOf(stream: Writable & { readonly isTTY?: boolean; readonly columns?: number }): number {
  return (stream.isTTY === true && stream.columns) || Infinity;
}

function stackOf(error: Error): string {
  const causes = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${causes}`;
}
