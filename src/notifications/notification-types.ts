import type { Guid } from "../bytes/guid.js";

/** The types whose notifications are decoded ([MS-PAN] 2.2.1), as far as this room needs to know them. */

/** AsyncPrintNotificationType_AsyncUI. */
export const ASYNC_UI: Guid = "f6853f92-eb31-4e23-b6e7-fd69056153f0";

/** AsyncPrintNotificationType_PrinterConfiguration as the Windows SDK has it; [MS-PAN] 2.2.1 misprints it. */
export const PRINTER_CONFIGURATION: Guid = "2abad223-b994-4aca-82fc-4571b1b585ac";
