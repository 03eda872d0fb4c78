/** UTF-16LE bytes of a string, without byte order mark or terminating NUL. */
export function encodeUtf16(text: string): Uint8Array {
  const buffer = Buffer.from(text, "utf16le");
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** The string of UTF-16LE bytes, lone surrogates kept as they are; an odd last byte is ignored. */
export function decodeUtf16(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf16le");
}
