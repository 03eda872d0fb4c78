import type { ByteReader } from "../bytes/reader.js";

/** What stands behind a zero in place of a number of pixels; everything above is so many pixels that follow as they are. */
const ESCAPES = { endOfRow: 0, endOfPicture: 1, skip: 2 } as const;

/**
 * Decodes the pixels of a compressed DIB (BI_RLE8 with `bits` 8, BI_RLE4 with 4) to one byte for each, row by row as they
 * stand there. What lies beyond the picture is left out, and what is skipped or missing is 0.
 *
 * @throws {DecodeError} when bytes are missing in the middle of a run.
 */
export function decodeRunLength(reader: ByteReader, bits: 4 | 8, width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(width * height);
  let [x, y] = [0, 0];
  const put = (count: number, pixel: (i: number) => number): void => {
    const fits = Math.min(count, width - x);
    for (let i = 0; i < fits; i++) pixels[y * width + x + i] = pixel(i);
    x += Math.max(0, fits);
  };
  const pixelsOf = (bytes: Uint8Array) => (i: number) => {
    if (bits === 8) return bytes[i % bytes.length] ?? 0;
    return ((bytes[(i >> 1) % bytes.length] ?? 0) >> (i % 2 === 0 ? 4 : 0)) & 15;
  };
  while (y < height && reader.remaining >= 2) {
    const count = reader.u8("pixels of a run");
    if (count > 0) {
      put(count, pixelsOf(reader.bytes(1, "colour of a run")));
      continue;
    }
    const escape = reader.u8("escape");
    if (escape === ESCAPES.endOfPicture) break;
    if (escape === ESCAPES.endOfRow) {
      [x, y] = [0, y + 1];
    } else if (escape === ESCAPES.skip) {
      x = Math.min(width, x + reader.u8("columns to skip"));
      y += reader.u8("rows to skip");
    } else {
      // They end at an even offset.
      const bytes = reader.bytes(2 * Math.ceil((escape * bits) / 16), "pixels");
      put(escape, pixelsOf(bytes));
    }
  }
  return pixels;
}
