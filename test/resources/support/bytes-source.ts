import { checkSlice, type ByteSource } from "../../../src/resources/byte-source.js";

/** Bytes in memory, in the place of a file. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read(offset, length, field) {
      checkSlice(bytes.length, offset, length, field);
      return bytes.slice(offset, offset + length);
    },
  };
}
