import { expect } from "vitest";
import type { Line, Panwatch, Server } from "./panwatch.js";

export const PAPER_JAM = {
  open: "messageBox",
  title: "Paper jam",
  body: "Remove the paper.",
  buttons: ["IDOK", "IDCANCEL", { id: "3", label: "Retry" }],
};

/** The same, but for an element that MS-PAN knows nothing of. */
export const IN_BREACH = {
  open: "raw",
  notificationType: "f6853f92-eb31-4e23-b6e7-fd69056153f0",
  xml:
    "<asyncPrintUIRequest><v1><requestOpen><messageBoxUI><title>Paper jam</title><slider/><buttons>" +
    '<button buttonID="IDOK"/></buttons></messageBoxUI></requestOpen></v1></asyncPrintUIRequest>',
};

export const CUSTOM_UI = { open: "customUi", dll: "vendor.dll", entrypoint: "AskUser", text: "Which tray?" };
export const CUSTOM_DATA = { open: "customData", dll: "vendor.dll", entrypoint: "TakeData", base64: "AAEC" };

const RESPONSE = 'asyncPrintUIResponse xmlns="http://schemas.microsoft.com/2003/print/asyncui/v1/response"';

/** What pReason must hold for a button ([MS-PAN] 2.2.7.4). */
export function buttonDocument(id: number): string {
  return `<${RESPONSE}><v1><requestClose><messageBoxUI><buttonID>${id}</buttonID></messageBoxUI></requestClose></v1></asyncPrintUIResponse>`;
}

/** What pReason must hold for a text, which is XML already ([MS-PAN] 2.2.7.6). */
export function textDocument(xml: string): string {
  return `<${RESPONSE}><v1><requestClose><CustomUI>${xml}</CustomUI></requestClose></v1></asyncPrintUIResponse>`;
}

/** The bytes that a client sent, as the UTF-16LE they must be. */
export function sentDocument(replied: Line): string {
  return Buffer.from((replied["data"] as { base64: string }).base64, "base64").toString("utf16le");
}

export const ACCEPTED = { code: "0x00000000", name: expect.any(String) as unknown };
export const TOO_LATE = { code: "0x00040010", name: expect.stringContaining("CHANNEL_ACQUIRED") as unknown };

/** Checks the fields whose values differ from run to run, and gives the others. */
export function stable({ time, seq, latencyMs, ...others }: Line): Line {
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(Number.isSafeInteger(seq)).toBe(true);
  if (latencyMs !== undefined) expect(Number.isSafeInteger(latencyMs)).toBe(true);
  return others;
}

/** What happened on a channel, in order: `type` or `type by`. */
export function course(watch: Panwatch, channel = "c1"): string[] {
  const lines = watch.lines.filter((line) => line["channel"] === channel);
  return lines.map(({ type, by }) => (typeof by === "string" ? `${type as string} ${by}` : (type as string)));
}

/** A whole `reply.*` line, as the contract has it, but for time, number and latency. */
export function replyLine(notification: Line, more: Line): Line {
  const { server, printer, registration, channel, id } = notification;
  return {
    v: 1,
    server,
    printer,
    registration,
    channel,
    replyTo: id,
    button: null,
    text: null,
    message: null,
    ...more,
  };
}

/** Waits until the watcher has released the channel, and makes sure that nobody has answered. */
export async function expectReleased(server: Server, watch: Panwatch): Promise<void> {
  await watch.line({ type: "channel.released", by: "self" });
  await server.panwatch.line({ type: "client.released", reason: "released" });
  expect(server.panwatch.ofType("client.replied")).toEqual([]);
}

/** Expects that the only reply, IDOK by a program, was not accepted. */
export async function expectRejected(watch: Panwatch, result: object): Promise<void> {
  const rejected = await watch.line({ type: "reply.rejected" });
  const [box = {}] = watch.ofType("notification.messageBox");
  const button = { id: "IDOK", replyValue: 1, label: "OK" };
  const message = expect.any(String) as unknown;
  expect(stable(rejected)).toEqual(replyLine(box, { type: "reply.rejected", via: "exec", button, result, message }));
}
