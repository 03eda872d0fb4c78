import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseGuid } from "../../bytes/guid.js";
import { encodeUtf16 } from "../../bytes/utf16.js";
import { fileProblem, PanwatchError, UsageError } from "../../errors.js";
import type { RawNotification } from "../../pan/raw-notification.js";
import type { EventOrigin, Gap } from "../../watch/events.js";
import type { RecordedGap } from "../../watch/replay.js";
import { isObject } from "../json-object.js";
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
 * The notifications and gaps in the lines of a recording, one after another. A line that cannot be read is told by its number
 * and skipped: a crash may have cut one.
 */
export async function* recordedIn(
  chunks: AsyncIterable<Uint8Array>,
  skipped: (line: number) => void,
): AsyncGenerator<Received | RecordedGap> {
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
): AsyncGenerator<Received | RecordedGap> {
  let found = 0;
  const skipped = (line: number): void => warn(`line ${line} of ${file} is no line of a recording, and is skipped`);
  try {
    for await (const recorded of recordedIn(createReadStream(file, { signal }), skipped)) {
      if ("raw" in recorded) found += 1;
      yield recorded;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof PanwatchError || code === undefined || signal.aborted) throw error;
    throw new UsageError(`The recording ${file} cannot be read: ${fileProblem(error)}.`, { cause: error });
  }
  if (found > 0) return;
  throw new UsageError(`The file ${file} holds no recorded notification.`, {
    hint: "Recordings are made by panwatch watch --record FILE.",
  });
}

function readLine(text: string): Received | RecordedGap | "other" | "unreadable" {
  if (text === "") return "other";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "unreadable";
  }
  if (!isObject(value) || typeof value["type"] !== "string") return "unreadable";
  if (value["type"] === "received") return readReceived(value) ?? "unreadable";
  if (value["type"] === "gap") return readGap(value) ?? "unreadable";
  return "other";
}

type Line = Readonly<Record<string, unknown>>;

/** What a `received` line holds; null when it lacks something, as one that was written by hand may. */
export function readReceived(line: Line): Received | null {
  const { notificationType, result, data } = line;
  const origin = readOrigin(line);
  const type = typeof notificationType === "string" ? parseGuid(notificationType) : null;
  const code = Number.parseInt(typeof result === "string" ? result : "0", 16);
  if (origin === null || type === null || Number.isNaN(code) || !isObject(data)) return null;
  const { text, base64 } = data;
  if (!isTextOrNull(text) || !isTextOrNull(base64)) return null;
  const bytes = base64 === null ? encodeUtf16(text ?? "") : Uint8Array.from(Buffer.from(base64, "base64"));
  return { origin, raw: { type, data: bytes, result: code } };
}

const CAUSES: readonly Gap["cause"][] = ["connection", "registration", "server", "reader"];

function readGap(line: Line): RecordedGap | null {
  const origin = readOrigin(line);
  const [from, to] = [timeOf(line["from"]), timeOf(line["to"])];
  const cause = CAUSES.find((one) => one === line["cause"]);
  if (origin === null || from === null || to === null || cause === undefined) return null;
  return { origin, gap: { type: "gap", from, to, mayHaveLost: line["mayHaveLost"] !== false, cause } };
}

/** When and where it came. */
function readOrigin(line: Line): EventOrigin | null {
  const { server, printer, registration, channel } = line;
  const time = timeOf(line["time"]);
  if (time === null || typeof server !== "string") return null;
  if (!isTextOrNull(printer) || !isTextOrNull(registration) || !isTextOrNull(channel)) return null;
  return { time, server, printer, registration, channel };
}

function timeOf(value: unknown): Date | null {
  const time = new Date(typeof value === "string" ? value : Number.NaN);
  return Number.isNaN(time.getTime()) ? null : time;
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
