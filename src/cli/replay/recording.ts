import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseGuid } from "../../bytes/guid.js";
import { encodeUtf16 } from "../../bytes/utf16.js";
import { PanwatchError, UsageError } from "../../errors.js";
import type { RawNotification } from "../../pan/raw-notification.js";
import type { EventOrigin } from "../../watch/events.js";
import { packageFile } from "../package-file.js";
import { readLines } from "../serve/lines.js";

/** Bytes of a line at most: the largest notification as base64 and as text, with every character escaped. */
const MAX_LINE = 96 * 2 ** 20;

/** The recording that comes with panwatch. */
export const SAMPLES = fileURLToPath(packageFile("samples/notifications.jsonl"));

/** A notification as it was received. */
export interface Received {
  readonly origin: EventOrigin;
  readonly raw: RawNotification;
}

/**
 * The notifications in the lines of a recording, one after another. A line that cannot be read is told by its number and
 * skipped: a crash may have cut one.
 */
export async function* receivedIn(
  chunks: AsyncIterable<Uint8Array>,
  skipped: (line: number) => void,
): AsyncGenerator<Received> {
  let number = 0;
  for await (const line of readLines(chunks, MAX_LINE)) {
    number += 1;
    const read = line.kind === "line" ? readLine(line.text) : "unreadable";
    if (read === "unreadable") skipped(number);
    if (typeof read !== "string") yield read;
  }
}

/**
 * The same from a file.
 *
 * @throws {UsageError} when the file cannot be read, or holds no notification at all.
 */
export async function* readRecording(
  file: string,
  signal: AbortSignal,
  warn: (text: string) => void,
): AsyncGenerator<Received> {
  let found = 0;
  const skipped = (line: number): void => warn(`line ${line} of ${file} is no line of a recording, and is skipped`);
  try {
    for await (const received of receivedIn(createReadStream(file, { signal }), skipped)) {
      found += 1;
      yield received;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof PanwatchError || code === undefined || signal.aborted) throw error;
    throw new UsageError(`The recording ${file} cannot be read (${code}).`, { cause: error });
  }
  if (found > 0) return;
  throw new UsageError(`The file ${file} holds no recorded notification.`, {
    hint: "Recordings are made by panwatch watch --record FILE.",
  });
}

interface ReceivedLine {
  readonly type: "received";
  readonly time: string;
  readonly server: string;
  readonly printer: string | null;
  readonly registration: string | null;
  readonly channel: string | null;
  readonly notificationType: string;
  /** The HRESULT that came with it, hexadecimal. */
  readonly result?: string;
  readonly data: { readonly text: string | null; readonly base64: string | null };
}

function readLine(text: string): Received | "other" | "unreadable" {
  if (text === "") return "other";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "unreadable";
  }
  if (!isObject(value) || typeof value["type"] !== "string") return "unreadable";
  if (value["type"] !== "received") return "other";
  return readReceived(value) ?? "unreadable";
}

/** What a `received` line holds; null when it lacks something. */
export function readReceived(line: Record<string, unknown>): Received | null {
  if (!isReceived(line)) return null;
  const { time, server, printer, registration, channel, data } = line;
  const type = parseGuid(line.notificationType);
  const at = new Date(time);
  if (type === null || Number.isNaN(at.getTime())) return null;
  const result = Number.parseInt(line.result ?? "0", 16);
  const bytes =
    data.base64 === null ? encodeUtf16(data.text ?? "") : Uint8Array.from(Buffer.from(data.base64, "base64"));
  return { origin: { time: at, server, printer, registration, channel }, raw: { type, data: bytes, result } };
}

/** Whether a line has the fields of its type; what was written by hand may lack some. */
function isReceived(value: Record<string, unknown>): value is Record<string, unknown> & ReceivedLine {
  const { data } = value;
  const texts = [value["time"], value["server"], value["notificationType"]];
  const places = [value["printer"], value["registration"], value["channel"]];
  return (
    texts.every((text) => typeof text === "string") &&
    places.every(isTextOrNull) &&
    isObject(data) &&
    isTextOrNull(data["text"]) &&
    isTextOrNull(data["base64"])
  );
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
