import { UsageError } from "../errors.js";

/** Whether a queue can have this name ([MS-RPRN] 2.2.4.14). */
export function isPrinterName(name: string): boolean {
  return name !== "" && !/[\\,]/.test(name);
}

/** The UNC name of a print queue, `\\server\printer` ([MS-PAN] 3.1.1.4.1). Throws a UsageError for what none can hold. */
export function printerPath(server: string, printer: string): string {
  if (!isPrinterName(printer)) {
    throw new UsageError("a printer name holds no backslash and no comma", {
      hint: "give the name of the print queue as the server lists it",
    });
  }
  return `${serverPath(server)}\\${printer}`;
}

/** The UNC name of a server, `\\server`; an IPv6 address stands in brackets. */
export function serverPath(server: string): string {
  return `\\\\${server.includes(":") ? `[${server}]` : server}`;
}
