import { readInfoStructures, writeInfoStructures } from "./info-buffer.js";

/** A print queue as the server lists it. */
export interface Printer {
  /** The name of the queue, without that of the server. */
  readonly name: string;
  /** What administrators wrote about it; empty where they wrote nothing. */
  readonly comment: string;
}

/** Flags, DescriptionOffset, NameOffset, CommentOffset. */
const SIZE = 16;
/** PRINTER_ENUM_ICON8: a printer ([MS-RPRN] 2.2.3.7). */
const FLAGS = 0x0080_0000;

/** Reads `count` structures _PRINTER_INFO_1 ([MS-RPRN] 2.2.2.9.2). Throws a DecodeError. */
export function decodePrinters(buffer: Uint8Array, count: number): Printer[] {
  return readInfoStructures(buffer, { name: "_PRINTER_INFO_1", count, size: SIZE }, (structure) => {
    structure.u32("Flags");
    structure.string("DescriptionOffset");
    const name = queueName(structure.string("NameOffset") ?? "");
    if (name === "") throw structure.fail("NameOffset", "a printer without a name");
    return { name, comment: structure.string("CommentOffset") ?? "" };
  });
}

/** The bytes of _PRINTER_INFO_1 structures; names are given as they are to be told. */
export function encodePrinters(printers: readonly Printer[]): Uint8Array {
  return writeInfoStructures(printers.map(({ name, comment }) => [FLAGS, `${name},,`, name, comment]));
}

/** A server that was asked by its name writes that in front: `\\server\HP4` ([MS-RPRN] 2.2.4.14, 3.1.4.1.4). */
function queueName(name: string): string {
  return /^\\\\[^\\]+\\([^]+)$/.exec(name)?.[1] ?? name;
}
