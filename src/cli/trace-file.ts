import { fileProblem } from "../errors.js";
import { createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { PduTracer } from "../rpc/tracer.js";
import type { Notice } from "../pan/connection-options.js";
import { settleWithin } from "../waiting.js";
import { openAppending } from "./append-file.js";
import { escapeJson } from "./sanitise.js";
import { headerFields, type TraceSubject } from "./trace/header.js";
import { PduFields } from "./trace/pdu-fields.js";

/** Bytes that wait for a slow disk at most; lines beyond them are dropped and counted. */
const MAX_WAITING = 16 * 2 ** 20;
/** How long the end waits for the last lines to be written, in milliseconds. */
const CLOSE_TIMEOUT_MS = 1000;

export interface TraceFileOptions {
  readonly file: string;
  readonly subject: TraceSubject;
  /** Told once when nothing can be written any more. */
  readonly failed: (text: string) => void;
}

/**
 * The file of `--trace`: JSON lines that tell what ran (`header`), every PDU with its decoded fields (`pdu`), and what the
 * command made of it (`note`, `end`, and the lines of its own output). It holds no password, hash, ticket, response to a
 * challenge, or key: of authentication tokens there is only their length and what kind of message they are.
 */
export class TraceFile {
  readonly #stream: WriteStream;
  readonly #fields = new PduFields();
  #broken = false;
  #dropped = 0;

  /** Opens the file, which only its owner may read; a new run is appended. Throws a UsageError when that fails. */
  constructor({ file, subject, failed }: TraceFileOptions) {
    this.#stream = createWriteStream(file, { fd: openAppending(file, "--trace") });
    this.#stream.on("error", (error: NodeJS.ErrnoException) => {
      this.#broken = true;
      failed(`the trace ends here: its file cannot be written: ${fileProblem(error)}`);
    });
    this.#write("header", headerFields(subject));
  }

  /** Takes the PDUs. */
  readonly tracer: PduTracer = (trace) => {
    if (!this.#broken) this.#write("pdu", this.#fields.of(trace), trace.at);
  };

  /** Writes down what is said beside PDUs and events, and gives it on to `notice`. */
  noting(notice: Notice): Notice {
    return (text, level) => {
      this.#write("note", { level, text });
      notice(text, level);
    };
  }

  /** A line of the command's own output, without its line feed. */
  line(json: string): void {
    if (this.#broken) return;
    if (this.#stream.writableLength + json.length > MAX_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#tellDropped();
    this.#stream.write(`${json}\n`);
  }

  /** Writes the last line, and resolves when everything is in the file, or cannot be. */
  async close(exitCode: number): Promise<void> {
    if (this.#broken) return;
    this.#tellDropped();
    this.#stream.end(`${traceLine("end", { exitCode })}\n`);
    await settleWithin(CLOSE_TIMEOUT_MS, finished(this.#stream));
  }

  #write(type: string, fields: object, time?: Date): void {
    this.line(traceLine(type, fields, time));
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    this.#stream.write(`${traceLine("dropped", { lines: this.#dropped })}\n`);
    this.#dropped = 0;
  }
}

function traceLine(type: string, fields: object, time = new Date()): string {
  return escapeJson(JSON.stringify({ v: 1, type, time: time.toISOString(), ...fields }));
}
