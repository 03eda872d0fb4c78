import { decodeNotification } from "../../src/notifications/decode.js";
import type { NotificationContext } from "../../src/notifications/context.js";
import type { Notification, NotificationKind } from "../../src/notifications/model.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../src/notifications/notification-types.js";
import { stringTables } from "../../src/notifications/strings/string-tables.js";

/** Strings of a driver's resource file, for tests. */
export const DRIVER_STRINGS = new Map([
  [100, "Jam in %1"],
  [102, "Retry"],
  [103, "Abort"],
  [1234, "Toner low"],
  [1300, "Drum"],
]);

/** A queue with a name, and one resource file. */
export const CONTEXT: NotificationContext = {
  strings: stringTables(new Map([["IHV.dll", DRIVER_STRINGS]])),
  printerName: "HP4",
};

/** UTF-16LE as servers send it: no byte order mark, a terminating NUL. */
export function utf16(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(`${text}\0`, "utf16le"));
}

/** An element in the envelope of a request ([MS-PAN] 2.2.7.1.1). */
export function request(element: string): string {
  return (
    '<asyncPrintUIRequest xmlns="http://schemas.microsoft.com/2003/print/asyncui/v1/request"><v1><requestOpen>' +
    `${element}</requestOpen></v1></asyncPrintUIRequest>`
  );
}

/** Decodes a whole AsyncUI document. */
export function decodeDocument(xml: string, context = CONTEXT): Notification {
  return decodeNotification(ASYNC_UI, utf16(xml), context);
}

/** Decodes an element in the envelope of a request, which must be of this kind. */
export function decodeAs<Kind extends NotificationKind>(
  kind: Kind,
  element: string,
  context = CONTEXT,
): Extract<Notification, { kind: Kind }> {
  return ofKind(kind, decodeDocument(request(element), context));
}

/** Decodes the content of a Notification element, which must comply. */
export function decodeConfiguration(content: string): Extract<Notification, { kind: "printerConfiguration" }> {
  return ofKind(
    "printerConfiguration",
    decodeConfigurationDocument(`<Notification printerName="HP4">${content}</Notification>`),
  );
}

/** Decodes a whole configuration document. */
export function decodeConfigurationDocument(xml: string): Notification {
  return decodeNotification(PRINTER_CONFIGURATION, utf16(xml), CONTEXT);
}

/** The rule because of which an element in the envelope of a request cannot be read. */
export function problemOf(element: string): string | null {
  return ofKind("unknown", decodeDocument(request(element))).problem;
}

/** The rule that an element in the envelope of a request breaks although it is read as its kind. */
export function breachOf(kind: Exclude<NotificationKind, "unknown">, element: string): string | null {
  return decodeAs(kind, element).problem;
}

export function ofKind<Kind extends NotificationKind>(
  kind: Kind,
  notification: Notification,
): Extract<Notification, { kind: Kind }> {
  if (notification.kind === kind) return notification as Extract<Notification, { kind: Kind }>;
  const problem = notification.kind === "unknown" ? ` (${notification.problem})` : "";
  throw new Error(`expected ${kind}, got ${notification.kind}${problem}`);
}
