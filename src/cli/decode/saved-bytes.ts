import { createReadStream } from "node:fs";
import { addAbortSignal } from "node:stream";
import { decodeUtf16, encodeUtf16 } from "../../bytes/utf16.js";
import { fileProblem, PanwatchError, UsageError } from "../../errors.js";

/** How a saved notification is written down. */
export const ENCODINGS = ["auto", "utf-16le", "utf-8", "hex", "base64"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Bytes of a file at most: a notification of the largest size that `watch` takes, as hexadecimal digits and lines. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * Reads a file, or standard input for `-`, until its end or until the signal aborts.
 *
 * @throws {UsageError} when it cannot be read.
 * @throws {PanwatchError} `aborted`.
 */
export async function readSaved(file: string, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of addAbortSignal(signal, file === "-" ? process.stdin : createReadStream(file))) {
      chunks.push(chunk as Uint8Array);
      size += (chunk as Uint8Array).length;
      if (size > MAX_BYTES) throw new UsageError(`${nameOf(file)} is larger than any notification.`);
    }
  } catch (error) {
    if (signal.aborted) throw new PanwatchError("aborted", "Reading was interrupted.");
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof PanwatchError || code === undefined) throw error;
    throw new UsageError(`${nameOf(file)} cannot be read: ${fileProblem(error)}.`, { cause: error });
  }
  return Buffer.concat(chunks);
}

function nameOf(file: string): string {
  return file === "-" ? "Standard input" : `The file ${file}`;
}

/**
 * The bytes of the notification as they were on the wire. XML in UTF-8, which only people and editors write, becomes
 * UTF-16LE, and what follows its NUL stays as it is; `isXml` says whether `auto` may take anything for that.
 *
 * @throws {PanwatchError} `decode` when the file is not in the encoding that was asked for.
 */
export function wireBytes(saved: Uint8Array, encoding: Encoding, isXml: boolean): Uint8Array {
  const found = encoding === "auto" ? detect(saved, isXml) : encoding;
  try {
    return decoded(saved, found);
  } catch (error) {
    if (!(error instanceof PanwatchError)) throw error;
    const isGuess = encoding === "auto" && (found === "hex" || found === "base64");
    throw new PanwatchError("decode", isGuess ? "The file is neither XML nor hex nor base64." : error.message, {
      ...(isXml ? encodingHint(saved, encoding) : {}),
      cause: error,
    });
  }
}

/** Names the encoding that makes a document of what is none in the one that was asked for, where one does. */
export function encodingHint(saved: Uint8Array, asked: Encoding): { readonly hint?: string } {
  const fitting = detect(saved, true);
  if (asked === "auto" || asked === fitting) return {};
  try {
    const start = decodeUtf16(decoded(saved, fitting).subarray(0, 256));
    return /^\ufeff?\s*</.test(start) ? { hint: `It is ${fitting}: leave out --encoding ${asked}.` } : {};
  } catch {
    return {};
  }
}

function decoded(saved: Uint8Array, encoding: Exclude<Encoding, "auto">): Uint8Array {
  switch (encoding) {
    case "utf-16le":
      return saved;
    case "utf-8":
      return fromUtf8(saved);
    case "hex":
      return fromDigits(saved, "hex");
    case "base64":
      return fromDigits(saved, "base64");
  }
}

function detect(saved: Uint8Array, isXml: boolean): Exclude<Encoding, "auto"> {
  const start = Buffer.from(saved.subarray(0, 4096)).toString("latin1");
  if (/^\xef\xbb\xbf|^\s*<[^\0]/.test(start)) return isXml ? "utf-8" : "utf-16le";
  const digits = start.replace(/\s+/g, "");
  if (/^[0-9a-f]+$/i.test(digits)) return "hex";
  return /^[A-Za-z0-9+/]+={0,2}$/.test(digits) ? "base64" : "utf-16le";
}

function fromUtf8(saved: Uint8Array): Uint8Array {
  const nul = saved.indexOf(0);
  const document = nul === -1 ? saved : saved.subarray(0, nul);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(document);
    return nul === -1 ? encodeUtf16(text) : Buffer.concat([encodeUtf16(`${text}\0`), saved.subarray(nul + 1)]);
  } catch (cause) {
    throw new PanwatchError("decode", "The file is not UTF-8.", { cause });
  }
}

function fromDigits(saved: Uint8Array, encoding: "hex" | "base64"): Uint8Array {
  const digits = Buffer.from(saved).toString("latin1").replace(/\s+/g, "");
  const form = encoding === "hex" ? /^[0-9A-Fa-f]*$/ : /^[A-Za-z0-9+/]*={0,2}$/;
  const group = encoding === "hex" ? 2 : 4;
  if (digits.length % group !== 0 || !form.test(digits))
    throw new PanwatchError("decode", `The file is no ${encoding}.`);
  return Buffer.from(digits, encoding);
}
