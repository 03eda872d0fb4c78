import { u16, u32, type MadeResource } from "./image.js";

export type Pixel = readonly [red: number, green: number, blue: number, opacity?: number];

/** The header of a DIB, BITMAPINFOHEADER; a negative height is top-down. */
export function dibHeader(
  width: number,
  height: number,
  bits: number,
  more: { compression?: number; colours?: number } = {},
): Buffer {
  const { compression = 0, colours = 0 } = more;
  return Buffer.concat([
    u32(40),
    u32(width),
    u32(height >>> 0),
    u16(1),
    u16(bits),
    u32(compression),
    Buffer.alloc(12),
    u32(colours),
    u32(0),
  ]);
}

/** A DIB of 32 bits from its rows, the upper first. */
export function dib32(rows: readonly (readonly Pixel[])[]): Buffer {
  const pixels = rows.toReversed().flatMap((row) => row.map(([r, g, b, a = 0]) => Buffer.from([b, g, r, a])));
  return Buffer.concat([dibHeader(rows[0]?.length ?? 0, rows.length, 32), ...pixels]);
}

/** An icon resource of 32 bits from its rows: twice as high, with an empty mask. */
export function icon32(rows: readonly (readonly Pixel[])[]): Buffer {
  const width = rows[0]?.length ?? 0;
  const bytes = dib32(rows);
  bytes.writeInt32LE(2 * rows.length, 8);
  return Buffer.concat([bytes, Buffer.alloc(Math.ceil(width / 32) * 4 * rows.length)]);
}

/** An icon group that names icons by side, bits and id. */
export function iconGroup(...icons: readonly { side: number; bits: number; id: number }[]): Buffer {
  const entries = icons.map(({ side, bits, id }) =>
    Buffer.concat([Buffer.from([side % 256, side % 256, 0, 0]), u16(1), u16(bits), u32(0), u16(id)]),
  );
  return Buffer.concat([u16(0), u16(1), u16(icons.length), ...entries]);
}

/** An .ico file with one icon. */
export function iconFile(side: number, icon: Uint8Array): Buffer {
  const entry = [Buffer.from([side, side, 0, 0]), u16(1), u16(32), u32(icon.length), u32(22)];
  return Buffer.concat([u16(0), u16(1), u16(1), ...entry, icon]);
}

/** A .bmp file with this DIB, whose header has 40 bytes and no colours. */
export function bitmapFile(dib: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from("BM"), u32(14 + dib.length), u32(0), u32(54), dib]);
}

export function bitmap(id: number, bytes: Uint8Array): MadeResource {
  return { type: 2, id, lang: 0, bytes };
}

/** A side × side picture: red, green above blue, white, and the first pixel transparent. */
export function quarters(side: number): Pixel[][] {
  const half = side / 2;
  return Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (__, x): Pixel => {
      if (x === 0 && y === 0) return [0, 0, 0, 0];
      if (y < half) return x < half ? [255, 0, 0, 255] : [0, 255, 0, 255];
      return x < half ? [0, 0, 255, 255] : [255, 255, 255, 255];
    }),
  );
}
