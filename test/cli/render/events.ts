import type { Notification } from "../../../src/notifications/model.js";
import type { WatchEvent, WatchEventBody } from "../../../src/watch/events.js";

/** Half past two in the afternoon, UTC. */
export const TIME = new Date("2026-11-21T14:30:00.250Z");

/** An event of registration r1 for a printer. */
export function at(body: WatchEventBody, channel: string | null = null): WatchEvent {
  return { time: TIME, server: "printsrv", printer: "HP4", registration: "r1", channel, ...body };
}

export function notified(notification: Notification, id = "n1"): WatchEvent {
  return at({ type: "notification", id, notification }, notification.kind === "messageBox" ? "c1" : null);
}

const text = (path: string, value: string) =>
  ({ path, stringId: null, dll: null, params: [], text: value, source: "literal" }) as const;

/** One notification of each kind. */
export const NOTIFICATIONS = {
  balloon: {
    kind: "balloon",
    title: "Paper jam",
    body: "Open tray 2. Remove the paper.",
    bodies: ["Open tray 2.", "Remove the paper."],
    icon: { id: 7, dll: "IHV.dll" },
    action: { dll: "PrintConfig.dll", entrypoint: "NotifyEntry", data: "<Envelope/>" },
    strings: [
      text("title", "Paper jam"),
      { path: "body[0]", stringId: 12, dll: "IHV.dll", params: ["2"], text: "Open tray 2.", source: "resources" },
      text("body[1]", "Remove the paper."),
    ],
    problem: null,
  },
  messageBox: {
    kind: "messageBox",
    title: "Toner low",
    body: "",
    bodies: [],
    bitmap: null,
    buttons: [
      { index: 1, id: "IDOK", replyValue: 1, label: "OK" },
      { index: 2, id: "IDCANCEL", replyValue: 2, label: "Cancel" },
      { index: 3, id: "3", replyValue: 3, label: "Order toner" },
    ],
    strings: [],
    problem: null,
  },
  customUi: { kind: "customUi", dll: "IHV.dll", entrypoint: "AskPin", bidi: true, text: "job=17", problem: null },
  customData: {
    kind: "customData",
    dll: "IHV.dll",
    entrypoint: "ShowLevels",
    bidi: false,
    data: Uint8Array.of(0, 1, 0xfe, 0x41),
    problem: null,
    text: null,
  },
  printerConfiguration: {
    kind: "printerConfiguration",
    printerName: "HP4",
    settings: [
      { name: "\\Printer.Layout:Duplex", kind: "BIDI_STRING", value: "LongEdge", bytes: null, problem: null },
      { name: "\\Printer.Toner:Level", kind: "BIDI_INT", value: 12, bytes: null, problem: null },
      { name: "\\Printer.Counter:Total", kind: "BIDI_INT", value: "90071992547409930", bytes: null, problem: null },
      { name: "\\Printer.Duplex:Installed", kind: "BIDI_BOOL", value: true, bytes: null, problem: null },
      { name: "\\Printer.Fuser:Load", kind: "BIDI_FLOAT", value: "INF", bytes: null, problem: null },
      { name: "\\Printer.Raw:State", kind: "BIDI_BLOB", value: null, bytes: Uint8Array.of(1, 2, 3), problem: null },
    ],
    reduced: ["\\Printer.Fonts:List"],
    problem: null,
  },
  unknown: {
    kind: "unknown",
    notificationType: "25df3b0e-74a9-47f5-80ce-79b4b1eb5c58",
    data: Uint8Array.of(0xff, 0x00, 0x80),
    problem: null,
  },
} as const satisfies Record<Notification["kind"], Notification>;

/** A document that breaks a rule, in UTF-16LE with its NUL. */
export const NON_COMPLIANT: Notification = {
  kind: "unknown",
  notificationType: "f6853f92-eb31-4e23-b6e7-fd69056153f0",
  data: new Uint8Array(Buffer.from("<a>\u001b[31m</b>\0", "utf16le")),
  problem: "element a is not closed",
};

const BUTTON = { id: "IDOK", replyValue: 1, label: "OK" };

/** One event of each other type. */
export const EVENTS = {
  registered: at({
    type: "registered",
    notificationType: { guid: "f6853f92-eb31-4e23-b6e7-fd69056153f0", name: "asyncui" },
    style: "uni",
    userFilter: "per-user",
    attempt: 1,
    auth: { mechanism: "NTLM", level: "privacy", user: "CORP\\alice" },
    transferSyntax: "ndr64",
  }),
  opened: at({ type: "channel.opened", by: "server", reason: null }, "c1"),
  acquired: at({ type: "channel.acquired", by: "other", reason: "CHANNEL_ACQUIRED" }, "c1"),
  released: at({ type: "channel.released", by: "self", reason: "not answered" }, "c1"),
  sent: at(
    {
      type: "reply.sent",
      replyTo: "n1",
      via: "button",
      button: BUTTON,
      text: null,
      result: { code: 0, name: "S_OK" },
      message: null,
      latencyMs: 1234,
    },
    "c1",
  ),
  rejected: at(
    {
      type: "reply.rejected",
      replyTo: "n1",
      via: "exec",
      button: null,
      text: "<pin>",
      result: { code: 0x00040010, name: "CHANNEL_ACQUIRED" },
      message: "another client answered first",
      latencyMs: 40,
    },
    "c1",
  ),
  planned: at(
    {
      type: "reply.planned",
      replyTo: "n1",
      via: "rules",
      button: BUTTON,
      text: null,
      result: null,
      message: null,
      latencyMs: 3,
    },
    "c1",
  ),
  hook: at({ type: "hook.finished", for: "n1", exit: 3, signal: null, timedOut: false, ms: 52 }),
  hookDone: at({ type: "hook.finished", for: "n1", exit: 0, signal: null, timedOut: false, ms: 52 }),
  hookKilled: at({ type: "hook.finished", for: "n1", exit: null, signal: "SIGKILL", timedOut: true, ms: 30_500 }),
  reconnecting: at({ type: "reconnecting", attempt: 2, delayMs: 2100, reason: "the connection was lost" }),
  gap: at({
    type: "gap",
    from: new Date("2026-11-21T14:29:00.000Z"),
    to: new Date("2026-11-21T14:29:07.500Z"),
    mayHaveLost: true,
    cause: "connection",
  }),
  failed: at({
    type: "error",
    code: "hresult",
    hresult: 0x80070005,
    message: "access denied",
    hint: "ask the administrator of the print server",
    stage: "register",
    fatal: true,
  }),
  unregistered: at({
    type: "unregistered",
    reason: "count",
    final: true,
    counts: { notifications: 3, replies: 1, errors: 0, reconnects: 2 },
  }),
} as const;
