import { encodeUtf16 } from "../../bytes/utf16.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../pan/types.js";
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
      const balloon = `<balloonUI iconID="1" resourceDll="Prnntfy.dll"><title stringID="121"/><body stringID="122"><parameter type="PrinterName"/></body><body stringID="1402"/></balloonUI>`;
      server.notify({ type: ASYNC_UI, printer: PRINTER, data: document(request(balloon)) });
    },
    isOver: notified("balloon"),
  },
  {
    play: (server) => {
      const settings = [
        schema("\\Printer.Consumables.Black:Level", "BIDI_INT", "12"),
        schema("\\Printer.Configuration.DuplexUnit:Installed", "BIDI_BOOL", "true"),
        schema("\\Printer.DeviceInfo:FriendlyName", "BIDI_STRING", "Second floor, beside the kitchen"),
      ];
      const xml = `<Notification xmlns="http://schemas.microsoft.com/windows/2005/03/printing/bidi" printerName="${PRINTER}">${settings.join("")}</Notification>`;
      server.notify({ type: PRINTER_CONFIGURATION, printer: PRINTER, data: document(xml) });
    },
    isOver: notified("printerConfiguration"),
  },
  {
    play: (server) => {
      const box = `<messageBoxUI><title>Double-sided printing</title><body stringID="1100"/><buttons><button stringID="600" buttonID="IDOK"/><button stringID="601" buttonID="IDCANCEL"/></buttons></messageBoxUI>`;
      server.openChannel({ type: ASYNC_UI, printer: PRINTER, data: document(request(box)) });
    },
    isOver: (event) => event.type === "reply.sent" || event.type === "reply.rejected",
  },
  {
    play: (server) => {
      const custom = `<customData dll="Toner.dll" entrypoint="ShowLevels" bidi="false"/>`;
      const levels = Buffer.from("C=83% M=40% Y=71% K=12%", "latin1");
      const data = Buffer.concat([document(request(custom)), levels]);
      server.notify({ type: ASYNC_UI, printer: PRINTER, data });
    },
    isOver: notified("customData"),
  },
];

function notified(kind: string): (event: WatchEvent) => boolean {
  return (event) => event.type === "notification" && event.notification.kind === kind;
}

function request(element: string): string {
  return `<asyncPrintUIRequest xmlns="http://schemas.microsoft.com/2003/print/asyncui/v1/request"><v1><requestOpen>${element}</requestOpen></v1></asyncPrintUIRequest>`;
}

function schema(name: string, kind: string, value: string): string {
  return `<Schema name="${name}"><${kind}>${value}</${kind}></Schema>`;
}

/** UTF-16LE with its terminating NUL, as print servers send it. */
function document(xml: string): Uint8Array {
  return encodeUtf16(`<?xml version="1.0"?>${xml}\0`);
}
