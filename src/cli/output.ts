import type { Writable } from "node:stream";
import type { Holdable } from "./silence.js";

/** How many lines, and how many bytes, wait at most for a reader who does not keep up. */
export interface OutputLimits {
  readonly lines: number;
  readonly bytes: number;
}

const DEFAULT_LIMITS: OutputLimits = { lines: 1000, bytes: 8 * 2 ** 20 };

export interface OutputLine {
  /** Without the line feed at its end. */
  readonly text: string;
  /** What the line is about, for the report should it be dropped. */
  readonly about: string;
  readonly time: Date;
  /** Whether it is one of the few that are kept beyond the limits. */
  readonly last: boolean;
}

/** Lines that a slow reader did not take: from the first to the last that was dropped. */
export interface DroppedLines {
  readonly count: number;
  readonly from: Date;
  readonly to: Date;
  /** What the lines were about, each once. */
  readonly about: ReadonlySet<string>;
}

/** Why nothing can be written any more: the reader has closed its end, or the system refuses (disk full …). */
export type OutputEnd = { readonly kind: "closed" } | { readonly kind: "failed"; readonly error: Error };

/**
 * Lines for stdout, one write each, never waiting for the reader: what it does not take is kept up to the limits and
 * dropped beyond them. When the reader has caught up, `describeGap` makes the one line that tells what was dropped.
 * A line larger than the limits passes when nothing else waits.
 */
export class LineOutput implements Holdable {
  readonly #stream: Writable;
  readonly #limits: OutputLimits;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writing = false;
  #dropped: { count: number; from: Date; to: Date; about: Set<string> } | null = null;
  #end: OutputEnd | null = null;
  #flushed: (() => void)[] = [];
  /** Told of a line that waits while lines are held; null when they are not. */
  #held: (() => void) | null = null;
  readonly #ended = new AbortController();

  /** Makes the line that tells what was dropped; whoever writes lines that may be dropped sets it. */
  describeGap: (dropped: DroppedLines) => string = ({ count }) => `${count} lines were dropped`;

  constructor(stream: Writable, limits = DEFAULT_LIMITS) {
    this.#stream = stream;
    this.#limits = limits;
    stream.on("error", (error: Error) => {
      this.#fail(error);
    });
  }

  /** Aborted when nothing can be written any more; `end` says why. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  get end(): OutputEnd | null {
    return this.#end;
  }

  /** Writes a line, or keeps or drops it. Never waits. */
  write(line: OutputLine): void {
    if (this.#end !== null) return;
    const bytes = Buffer.from(`${line.text}\n`, "utf8");
    if (!line.last && (this.#dropped !== null || this.#isFull(bytes.length))) {
      this.#dropped ??= { count: 0, from: line.time, to: line.time, about: new Set() };
      this.#dropped.count += 1;
      this.#dropped.to = line.time;
      this.#dropped.about.add(line.about);
      return;
    }
    this.#reportDropped();
    this.#enqueue(bytes);
  }

  /** Writes a text that a reader must not miss, however slow he is. */
  keep(text: string): void {
    this.write({ text, about: "", time: new Date(), last: true });
  }

  hold(waiting: () => void): Disposable {
    this.#held = waiting;
    return {
      [Symbol.dispose]: () => {
        this.#held = null;
        if (!this.#writing && this.#end === null) this.#next();
      },
    };
  }

  /** Waits until everything that is not held is written, or cannot be. */
  async flush(): Promise<void> {
    if (!this.#writing || this.#end !== null) return;
    await new Promise<void>((resolve) => this.#flushed.push(resolve));
  }

  #isFull(more: number): boolean {
    if (this.#waiting.length === 0) return false;
    return this.#waiting.length >= this.#limits.lines || this.#waitingBytes + more > this.#limits.bytes;
  }

  #enqueue(bytes: Buffer): void {
    if (!this.#writing && this.#held === null) {
      this.#put(bytes);
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waiting.length === 1) this.#held?.();
  }

  #reportDropped(): void {
    if (this.#dropped === null) return;
    const gap = this.describeGap(this.#dropped);
    this.#dropped = null;
    this.#enqueue(Buffer.from(`${gap}\n`, "utf8"));
  }

  #put(bytes: Buffer): void {
    this.#writing = true;
    this.#stream.write(bytes, (error) => {
      this.#writing = false;
      if (error) this.#fail(error);
      else if (this.#end === null) this.#next();
    });
  }

  #next(): void {
    if (this.#held !== null) {
      this.#tellFlushed();
      return;
    }
    const bytes = this.#waiting.shift();
    if (bytes) {
      this.#waitingBytes -= bytes.length;
      this.#put(bytes);
    } else if (this.#dropped !== null) {
      this.#reportDropped();
    } else {
      this.#tellFlushed();
    }
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (this.#end !== null) return;
    const isTerminal = "isTTY" in this.#stream && this.#stream.isTTY === true;
    const closed =
      error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED" || (error.code === "EIO" && isTerminal);
    this.#end = closed ? { kind: "closed" } : { kind: "failed", error };
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#ended.abort();
    this.#tellFlushed();
  }

  #tellFlushed(): void {
    const flushed = this.#flushed;
    this.#flushed = [];
    for (const tell of flushed) tell();
  }
}

/**
 * Node writes to terminals with blocking calls. One that is stopped (Ctrl-S) would stop everything else with it, so its
 * writes are made to wait in the background as those to pipes do.
 */
export function nonBlocking(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (blocking: boolean) => void } };
  if (stream.isTTY) handle?.setBlocking?.(false);
  return stream;
}
