import { parseGuid } from "../../bytes/guid.js";
import { encodeUtf16 } from "../../bytes/utf16.js";
import { getNotification, getNotificationSendResponse } from "../../pan/idl.js";
import type { RecordedNotification } from "../../watch/replay.js";
import { isObject } from "../json-object.js";
import { readReceived } from "../replay/recording.js";
import { printedNotification } from "./printed-notification.js";

/** What a line holds: a notification, something else that panwatch writes, or only part of a notification. */
export type SavedLine = RecordedNotification | "other" | "cut" | "unreadable";

type Line = Readonly<Record<string, unknown>>;

/** The lines of a text that panwatch has written (`-o json`, `--record`, `--trace`); null for any other text. */
export function savedLines(bytes: Uint8Array, server: string): SavedLine[] | null {
  if (!/^\s*\{\s*"/.test(Buffer.from(bytes.subarray(0, 4096)).toString("latin1"))) return null;
  const lines = Buffer.from(bytes).toString("utf8").split(/\r?\n/);
  const values = lines.filter((line) => line.trim() !== "").map(parsed);
  const isOurs = values.some((value) => value !== null && value["v"] === 1 && typeof value["type"] === "string");
  if (!isOurs) return null;
  // A recording tells twice what came: as it was received, and as it was printed.
  const isRecording = values.some((value) => value?.["type"] === "received");
  return values.map((value) => (value === null ? "unreadable" : readLine(value, server, isRecording)));
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function readLine(line: Record<string, unknown>, server: string, isRecording: boolean): SavedLine {
  const type = String(line["type"]);
  const named = { ...line, server: line["server"] ?? server };
  if (type === "received") return readReceived(named) ?? "unreadable";
  if (isRecording) return "other";
  // All of its bytes are there.
  if (type === "notification.unknown") return readReceived({ ...named, type: "received" }) ?? "unreadable";
  if (type === "pdu") return readPdu(line, server);
  return type.startsWith("notification.") ? readPrinted(named) : "other";
}

function readPrinted(line: Line): SavedLine {
  const notification = printedNotification(line);
  const time = new Date(String(line["time"]));
  if (notification === null || Number.isNaN(time.getTime())) return "unreadable";
  const texts = { server: String(line["server"]), printer: textOf(line["printer"]) };
  const origin = { ...texts, registration: textOf(line["registration"]), channel: textOf(line["channel"]) };
  return { origin: { time, ...origin }, notification };
}

/** A traced answer that brings a notification, of which a trace shows the text, or the first bytes. */
function readPdu({ pdu, method, values, time }: Line, server: string): SavedLine {
  const onChannel = method === getNotificationSendResponse.name;
  if (pdu !== "response" || (!onChannel && method !== getNotification.name) || !isObject(values)) return "other";
  const { ppOutNotificationType: shownType, ppOutNotificationData: data } = values;
  const type = isObject(shownType) ? parseGuid(String(shownType["guid"])) : null;
  if (type === null || !isObject(data)) return "other";
  const bytes = tracedBytes(data);
  if (bytes === null) return "cut";
  const origin = { server, printer: null, registration: null, channel: onChannel ? "c1" : null };
  return { origin: { time: new Date(String(time)), ...origin }, raw: { type, data: bytes, result: 0 } };
}

/** Null where the trace does not show all of them. */
function tracedBytes({ length, hex, text }: Line): Uint8Array | null {
  const shown = Buffer.from(String(hex), "hex");
  if (shown.length === length) return shown;
  const document = encodeUtf16(String(text));
  // With or without its terminating NUL.
  return length === document.length || length === document.length + 2 ? document : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
