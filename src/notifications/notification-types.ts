import type { Guid } from "../bytes/guid.js";

/** AsyncPrintNotificationType_AsyncUI: balloons, message boxes, custom UI and custom data ([MS-PAN] 2.2.1, 2.2.7). */
export const ASYNC_UI: Guid = "f6853f92-eb31-4e23-b6e7-fd69056153f0";

/**
 * AsyncPrintNotificationType_PrinterConfiguration: changed settings of a printer ([MS-PAN] 2.2.8). [MS-PAN] 2.2.1
 * misprints it as 2abad223-b994-4aca-82fd4571b1b585ac; this is PRINT_APP_BIDI_NOTIFY_CHANNEL of the Windows SDK.
 */
export const PRINTER_CONFIGURATION: Guid = "2abad223-b994-4aca-82fc-4571b1b585ac";

/** A notification type and the name under which it is known. */
export interface NotificationTypeName {
  readonly guid: Guid;
  /** `asyncui`, `printer-config`, or null for any other type. */
  readonly name: "asyncui" | "printer-config" | null;
}

export function typeName(guid: Guid): NotificationTypeName {
  if (guid === ASYNC_UI) return { guid, name: "asyncui" };
  return { guid, name: guid === PRINTER_CONFIGURATION ? "printer-config" : null };
}
