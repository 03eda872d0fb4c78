import type { StringTables } from "./strings/string-tables.js";

/** What decoding a notification needs to know besides its bytes. */
export interface NotificationContext {
  readonly strings: StringTables;
  /** What `type="PrinterName"` is replaced by ([MS-PAN] 2.2.7.1.5); null when the whole server is watched. */
  readonly printerName: string | null;
}
