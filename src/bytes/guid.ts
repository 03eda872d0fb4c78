import { toHex } from "./hex.js";

/** A GUID in lower case without braces: `f6853f92-eb31-4e23-b6e7-fd69056153f0`. */
export type Guid = string;

/** Bytes of a GUID on the wire. */
export const GUID_SIZE = 16;

/** The all-zero GUID. */
export const NIL_GUID: Guid = "00000000-0000-0000-0000-000000000000";

/**
 * Reads a GUID that a person or a file wrote, with or without braces, in any case; null when it is none.
 * The result is the canonical lower-case form.
 */
export function parseGuid(text: string): Guid | null {
  const match = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i.exec(text);
  return match?.[1]?.toLowerCase() ?? null;
}

/** The 16 wire bytes: the first three fields little-endian, the rest as written ([MS-DTYP] 2.3.4.2). */
export function guidToBytes(guid: Guid): Uint8Array {
  return swapFields(new Uint8Array(Buffer.from(guid.replaceAll("-", ""), "hex")));
}

/** The GUID of 16 wire bytes. */
export function guidFromBytes(bytes: Uint8Array): Guid {
  const digits = toHex(swapFields(bytes.slice(0, GUID_SIZE)));
  return [8, 12, 16, 20, 32].map((end, i, ends) => digits.slice(i === 0 ? 0 : ends[i - 1], end)).join("-");
}

function swapFields(bytes: Uint8Array): Uint8Array {
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
