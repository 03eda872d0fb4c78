import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../pan/types.js";
import {
  balloonDocument,
  customDataDocument,
  messageBoxDocument,
  PRINTER_NAME,
} from "../../print-server/documents/asyncui.js";
import { configurationDocument } from "../../print-server/documents/configuration.js";
import type { PrintServer } from "../../print-server/print-server.js";
import type { WatchEvent } from "../../watch/events.js";

/** The queue of the demo's print server. */
export const PRINTER = "HP4";

/** One thing that the demo shows: what the server does, and how we know that it was seen. */
export interface Scene {
  readonly play: (server: PrintServer) => void;
  readonly isOver: (event: WatchEvent) => boolean;
}

/** What happens on the print server, one after the other ([MS-PAN] 2.2.7 and 2.2.8 for the documents). */
export const STORY: readonly Scene[] = [
  {
    play: (server) => {
      // Numbers of default strings ([MS-PAN] 2.2.6): the text comes from our side.
      const data = balloonDocument({
        title: defaultString(121),
        bodies: [{ ...defaultString(122), params: [PRINTER_NAME] }, defaultString(1402)],
        icon: { id: 1, dll: "Prnntfy.dll" },
      });
      server.notify({ type: ASYNC_UI, printer: PRINTER, data });
    },
    isOver: notified("balloon"),
  },
  {
    play: (server) => {
      const settings = [
        { name: "\\Printer.Consumables.Black:Level", kind: "BIDI_INT", value: "12" },
        { name: "\\Printer.Configuration.DuplexUnit:Installed", kind: "BIDI_BOOL", value: "true" },
        { name: "\\Printer.DeviceInfo:FriendlyName", kind: "BIDI_STRING", value: "Second floor, beside the kitchen" },
      ] as const;
      const data = configurationDocument({ printerName: PRINTER, settings, reduced: [] });
      server.notify({ type: PRINTER_CONFIGURATION, printer: PRINTER, data });
    },
    isOver: notified("printerConfiguration"),
  },
  {
    play: (server) => {
      const data = messageBoxDocument({
        title: "Double-sided printing",
        bodies: [defaultString(1100)],
        buttons: ["IDOK", "IDCANCEL"].map((id) => ({ id, label: null })),
      });
      server.openChannel({ type: ASYNC_UI, printer: PRINTER, data });
    },
    isOver: (event) => event.type === "reply.sent" || event.type === "reply.rejected",
  },
  {
    play: (server) => {
      const levels = Buffer.from("C=83% M=40% Y=71% K=12%", "latin1");
      const data = customDataDocument({ dll: "Toner.dll", entrypoint: "ShowLevels", bidi: false }, levels);
      server.notify({ type: ASYNC_UI, printer: PRINTER, data });
    },
    isOver: notified("customData"),
  },
];

function notified(kind: string): (event: WatchEvent) => boolean {
  return (event) => event.type === "notification" && event.notification.kind === kind;
}

function defaultString(stringId: number): { stringId: number; dll: null } {
  return { stringId, dll: null };
}
