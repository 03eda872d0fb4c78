import type { CustomData, CustomUi, MessageBox } from "../../../src/notifications/model.js";
import type { Question } from "../../../src/watch/options.js";
import type { EventOrigin, Notified } from "../../../src/watch/events.js";
import { notified } from "../programs/scripts.js";

export const PAPER_JAM: MessageBox = {
  kind: "messageBox",
  title: "Paper jam",
  body: "Remove the paper and choose.",
  bodies: ["Remove the paper and choose."],
  bitmap: null,
  buttons: [
    { index: 1, id: "IDOK", replyValue: 1, label: "OK" },
    { index: 2, id: "3", replyValue: 3, label: "Retry" },
    { index: 3, id: "IDCANCEL", replyValue: 2, label: "Cancel" },
  ],
  strings: [],
  problem: null,
};

export const CUSTOM_UI: CustomUi = {
  kind: "customUi",
  dll: "vendor.dll",
  entrypoint: "AskUser",
  bidi: true,
  text: "Which tray?",
  problem: null,
};

export const CUSTOM_DATA: CustomData = {
  kind: "customData",
  dll: "vendor.dll",
  entrypoint: "TakeData",
  bidi: true,
  data: Uint8Array.of(0, 1, 2),
  problem: null,
  text: null,
};

export function question(notification: Question["notification"], more: Partial<EventOrigin & Notified> = {}): Question {
  return { event: notified(notification, more), notification };
}
