import { fileProblem } from "../../errors.js";
import { closeSync, fstatSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { hex32 } from "../../bytes/hex.js";
import type { EventOrigin } from "../../watch/events.js";
import type { RawNotification } from "../../pan/raw-notification.js";
import { openAppending } from "../append-file.js";
import { decodeText } from "../render/text-of-bytes.js";
import { escapeJson } from "../sanitise.js";
import { version } from "../version.js";

/** Older files that are kept beside the one that is written: FILE.1 is the last one. */
const KEPT_FILES = 5;

export interface RecorderOptions {
  readonly file: string;
  /** Bytes after which a new file is begun; a file is larger only by its last line. */
  readonly maxBytes: number;
  /** Told once when nothing can be written any more. */
  readonly failed: (text: string) => void;
}

/**
 * The file of `--record`: JSON lines, each written at once, so that a crash costs at most the last one. `recording` begins
 * each file, `received` holds the bytes of a notification as they came, and the rest are the lines of `-o json`.
 */
export class Recorder implements Disposable {
  readonly #options: RecorderOptions;
  #fd: number | null;
  #bytes = 0;

  /** Opens the file, which only its owner may read. Throws a UsageError when that fails. */
  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#fd = openAppending(options.file, "--record");
    this.#begin();
  }

  /** Keeps what came, before anything is made of it. */
  readonly received = (origin: EventOrigin, { type, data, result }: RawNotification): void => {
    const { server, printer, registration, channel } = origin;
    const base64 = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
    const content = { text: decodeText(data), base64, bytes: data.length };
    const place = { server, printer, registration, channel };
    this.#write("received", { ...place, notificationType: type, result: hex32(result), data: content });
  };

  /** A line of `-o json`, without its line feed. */
  line(json: string): void {
    if (this.#fd === null) return;
    try {
      if (this.#bytes >= this.#options.maxBytes) this.#rotate();
      this.#append(`${json}\n`);
    } catch (error) {
      this[Symbol.dispose]();
      this.#options.failed(`the recording ends here: its file cannot be written: ${fileProblem(error)}`);
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  /** A line that a crash has cut is ended first, so that it spoils no other. */
  #begin(): void {
    if (this.#fd === null) return;
    const stats = fstatSync(this.#fd);
    this.#bytes = stats.isFile() ? stats.size : 0;
    if (this.#bytes > 0 && lastByte(this.#options.file, this.#bytes) !== "\n") this.#append("\n");
    this.#write("recording", { panwatch: version() });
  }

  #write(type: string, fields: object): void {
    this.line(escapeJson(JSON.stringify({ v: 1, type, time: new Date().toISOString(), ...fields })));
  }

  #append(text: string): void {
    if (this.#fd === null) return;
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done);
    this.#bytes += bytes.length;
  }

  /** Moves FILE to FILE.1, FILE.1 to FILE.2 … and begins anew. What is no regular file, such as a pipe, goes on. */
  #rotate(): void {
    if (this.#fd === null || !fstatSync(this.#fd).isFile()) return;
    const { file } = this.#options;
    for (let number = KEPT_FILES - 1; number >= 0; number--) {
      try {
        renameSync(number === 0 ? file : `${file}.${number}`, `${file}.${number + 1}`);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
    closeSync(this.#fd);
    this.#fd = null;
    this.#fd = openAppending(file, "--record");
    this.#begin();
  }
}

function lastByte(file: string, size: number): string {
  const fd = openSync(file, "r");
  try {
    const byte = Buffer.alloc(1);
    readSync(fd, byte, 0, 1, size - 1);
    return byte.toString("latin1");
  } finally {
    closeSync(fd);
  }
}
