import { ByteReader } from "../bytes/reader.js";
import { checkSize, type Picture } from "./picture.js";
import { decodeRunLength } from "./run-length.js";

const CORE_HEADER_BYTES = 12;
const INFO_HEADER_BYTES = 40;
const BI_RGB = 0;
const BI_RLE8 = 1;
const BI_RLE4 = 2;
const BI_BITFIELDS = 3;

/** The bits of a pixel that a compression is for. */
const COMPRESSED_BITS: ReadonlyMap<number, readonly number[]> = new Map([
  [BI_RGB, [1, 4, 8, 16, 24, 32]],
  [BI_RLE8, [8]],
  [BI_RLE4, [4]],
  [BI_BITFIELDS, [16, 32]],
]);

interface Header {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  /** The colours of pixels of up to 8 bits: red, green, blue. */
  readonly palette: readonly (readonly number[])[];
  /** Where red, green, blue and opacity stand in pixels of 16 and 32 bits. */
  readonly masks: readonly number[];
}

/**
 * Decodes a device-independent bitmap as RT_BITMAP holds it, or (`isIcon`) as RT_ICON does: twice as high, with a mask of
 * what is transparent below the colours. Of 1, 4, 8, 16, 24 or 32 bits, also run-length encoded.
 *
 * @throws {DecodeError} for anything else, and when bytes are missing.
 */
export function decodeDib(bytes: Uint8Array, isIcon: boolean): Picture {
  const reader = new ByteReader(bytes, "DIB");
  const header = readHeader(reader, isIcon);
  const { width, height, topDown } = header;
  const { bits, stride, rows } = readRows(reader, header);
  const maskStride = rowBytes(width, 1);
  const hasMask = isIcon && reader.remaining >= maskStride * height;
  const mask = hasMask ? reader.bytes(maskStride * height, "mask") : null;
  const rgba = new Uint8Array(4 * width * height);
  const pixel = pixelReader({ ...header, bits });
  for (let y = 0; y < height; y++) {
    const row = topDown ? y : height - 1 - y;
    const line = new DataView(rows.buffer, rows.byteOffset + row * stride, stride);
    for (let x = 0; x < width; x++) rgba.set(pixel(line, x), 4 * (y * width + x));
  }
  setOpacity(rgba, header, (x, y) => {
    const row = topDown ? y : height - 1 - y;
    return mask === null || ((mask[row * maskStride + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) === 0;
  });
  return { width, height, rgba };
}

/** Rows of pixels, so many bytes each, the lowest first unless the header says otherwise. */
interface Rows {
  readonly bits: number;
  readonly stride: number;
  readonly rows: Uint8Array;
}

function readRows(reader: ByteReader, { width, height, bits, compression }: Header): Rows {
  if (compression === BI_RLE8 || compression === BI_RLE4)
    return { bits: 8, stride: width, rows: decodeRunLength(reader, compression === BI_RLE8 ? 8 : 4, width, height) };
  const stride = rowBytes(width, bits);
  return { bits, stride, rows: reader.bytes(stride * height, "pixels") };
}

/** The fields of a header as they stand there. */
interface Fields {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly compression: number;
  /** Colours in the palette; 0 for as many as the bits can name. */
  readonly colours: number;
  /** Bytes of one colour of the palette. */
  readonly colourBytes: 3 | 4;
  readonly masks: readonly number[];
}

function readHeader(reader: ByteReader, isIcon: boolean): Header {
  const fields = readFields(reader);
  const { width, bits, compression, colourBytes } = fields;
  const height = Math.floor(Math.abs(fields.height) / (isIcon ? 2 : 1));
  checkSize(width, height, "DIB");
  if (COMPRESSED_BITS.get(compression)?.includes(bits) !== true)
    throw reader.fail("compression", `${compression} with pixels of ${bits} bits is not read`);
  // Pixels of more than 8 bits may have a palette too, for screens with few colours.
  if (bits > 8) reader.bytes(4 * fields.colours, "colours");
  const colours = bits <= 8 ? Math.min(fields.colours || 1 << bits, 1 << bits) : 0;
  const palette = Array.from({ length: colours }, () => {
    const [blue = 0, green = 0, red = 0] = reader.bytes(colourBytes, "palette");
    return [red, green, blue];
  });
  return { width, height, topDown: fields.height < 0, bits, compression, palette, masks: fields.masks };
}

function readFields(reader: ByteReader): Fields {
  const size = reader.u32("header size");
  if (size === CORE_HEADER_BYTES) {
    const [width, height] = [reader.u16("width"), reader.u16("height")];
    reader.u16("planes");
    const bits = reader.u16("bits");
    return { width, height, bits, compression: BI_RGB, colours: 0, colourBytes: 3, masks: [] };
  }
  if (size < INFO_HEADER_BYTES || size > 1024) throw reader.fail("header size", `is ${size}`, 0);
  const [width, height] = [reader.u32("width") | 0, reader.u32("height") | 0];
  reader.u16("planes");
  const bits = reader.u16("bits");
  const compression = reader.u32("compression");
  reader.bytes(12, "sizes");
  const colours = reader.u32("colours");
  const masks = readMasks(reader, size, compression, bits);
  return { width, height, bits, compression, colours, colourBytes: 4, masks };
}

/** The masks in the header or behind it; the usual ones where none are given. */
function readMasks(reader: ByteReader, size: number, compression: number, bits: number): number[] {
  const usual = bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0xff000000];
  const masksInHeader = size >= INFO_HEADER_BYTES + 12;
  reader.offset = INFO_HEADER_BYTES;
  const given = compression === BI_BITFIELDS ? [0, 1, 2].map(() => reader.u32("mask")) : null;
  if (!masksInHeader) return given === null ? usual : [...given, 0];
  const opacity = size >= INFO_HEADER_BYTES + 16 && given !== null ? reader.u32("mask") : 0;
  reader.offset = size;
  return given === null ? usual : [...given, opacity];
}

function rowBytes(width: number, bits: number): number {
  return Math.ceil((width * bits) / 32) * 4;
}

/** Reads red, green, blue and opacity of a pixel; the opacity is 0 where the format has none. */
function pixelReader({ bits, palette, masks }: Header): (row: DataView, x: number) => readonly number[] {
  if (bits <= 8) {
    const perByte = 8 / bits;
    return (row, x) => {
      const shift = 8 - bits * ((x % perByte) + 1);
      const index = (row.getUint8(Math.floor(x / perByte)) >> shift) & ((1 << bits) - 1);
      return [...(palette[index] ?? [0, 0, 0]), 0];
    };
  }
  if (bits === 24) return (row, x) => [row.getUint8(3 * x + 2), row.getUint8(3 * x + 1), row.getUint8(3 * x), 0];
  const channels = masks.map(channel);
  return (row, x) => {
    const value = bits === 16 ? row.getUint16(2 * x, true) : row.getUint32(4 * x, true);
    return channels.map((read) => read(value));
  };
}

/** What a mask takes from a pixel, as a number to 255. */
function channel(mask: number): (value: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (value) => Math.round((((value & mask) >>> shift) * 255) / most);
}

/** The opacity of the pixels counts where the picture has any; else that of the mask. */
function setOpacity(rgba: Uint8Array, { width, height }: Header, isOpaque: (x: number, y: number) => boolean): void {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 0) return;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rgba[4 * (y * width + x) + 3] = isOpaque(x, y) ? 255 : 0;
}
