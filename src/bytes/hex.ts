/** Lower-case hexadecimal digits of the bytes, two for each, without separators. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** The bytes of a string of hexadecimal digits; white space is skipped. Throws a TypeError for anything else. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits))
    throw new TypeError("not a string of hexadecimal byte pairs");
  return new Uint8Array(Buffer.from(digits, "hex"));
}

/** An unsigned 32-bit value as people and JSON lines write it: `0x80070005`. */
export function hex32(value: number): string {
  return `0x${(value >>> 0).toString(16).toUpperCase().padStart(8, "0")}`;
}
