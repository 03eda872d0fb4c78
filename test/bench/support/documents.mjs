// The notifications of the bench.
import {
  balloonDocument,
  customDataDocument,
  customUiDocument,
  messageBoxDocument,
} from "../../../dist/print-server/documents/asyncui.js";
import { configurationDocument } from "../../../dist/print-server/documents/configuration.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../../dist/pan/types.js";

const CUSTOM = { dll: "driver.dll", entrypoint: "Show", bidi: false };

/** A balloon whose document has `size` bytes, in UTF-16 as it is on the wire. */
export function balloonOf(size, title = "Paper jam in tray 2") {
  const around = balloonDocument({ title, bodies: [""] }).length;
  const opening = balloonDocument({ title, bodies: ["x"] }).length - around - 2;
  return balloonDocument({ title, bodies: ["x".repeat(Math.ceil((size - around - opening) / 2))] });
}

/** A message box with two buttons, as drivers ask. */
export function messageBox() {
  const label = (stringId) => ({ stringId, dll: null });
  return messageBoxDocument({
    title: "Duplex unit",
    bodies: ["The other side of the paper is to be printed.", "Turn the stack over and put it back."],
    buttons: [
      { id: "IDOK", label: null },
      { id: "IDCANCEL", label: null },
      { id: "3", label: label(200) },
    ],
  });
}

/** A change of `count` settings. */
export function configuration(count) {
  const settings = Array.from({ length: count }, (_, i) => ({
    name: `\\Printer.Extension:Setting${i}`,
    kind: i % 2 === 0 ? "BIDI_INT" : "BIDI_STRING",
    value: `${i}`,
  }));
  return configurationDocument({ printerName: "HP4", settings, reduced: [] });
}

/** One document of each kind, with its type. */
export function documents() {
  return {
    balloon: [ASYNC_UI, balloonOf(1024)],
    messageBox: [ASYNC_UI, messageBox()],
    customUi: [ASYNC_UI, customUiDocument(CUSTOM, "x".repeat(400))],
    customData: [ASYNC_UI, customDataDocument(CUSTOM, new Uint8Array(1024).fill(7))],
    printerConfiguration: [PRINTER_CONFIGURATION, configuration(1000)],
  };
}
