import { formatSize } from "../../sizes.js";
import { decodeText } from "../text-of-bytes.js";
import { plain, quiet, type EntryText } from "./entry.js";

const MAX_BYTES = 64;

/** Bytes for people: their text where they are one, else their beginning in hexadecimal digits. */
export function bytesTexts(bytes: Uint8Array): EntryText[] {
  if (bytes.length === 0) return [quiet("no bytes")];
  const text = decodeText(bytes);
  return text === null ? [quiet(formatSize(bytes.length)), plain(hexDump(bytes))] : [plain(text)];
}

/** Rows of offset, hexadecimal digits and printable characters, as many of them as fit; the first 64 bytes. */
export function hexDump(bytes: Uint8Array): (columns: number) => string {
  return (columns) => {
    const perRow = [16, 8, 4].find((count) => "0000  ".length + 4 * count + 1 <= columns) ?? 2;
    const rows: string[] = [];
    for (let offset = 0; offset < Math.min(bytes.length, MAX_BYTES); offset += perRow) {
      const row = [...bytes.subarray(offset, Math.min(offset + perRow, MAX_BYTES))];
      const digits = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
      const characters = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
      rows.push(`${offset.toString(16).padStart(4, "0")}  ${digits.padEnd(perRow * 3 - 1)}  ${characters}`);
    }
    if (bytes.length > MAX_BYTES) rows.push(`… (${formatSize(bytes.length)} in all; -o json prints them)`);
    return rows.join("\n");
  };
}
