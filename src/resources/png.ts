import { inflateSync } from "node:zlib";
import { PNG } from "pngjs";
import { ByteReader } from "../bytes/reader.js";
import { DecodeError } from "../errors.js";
import { checkSize, type Picture } from "./picture.js";

const SIGNATURE = "89504e470d0a1a0a";
/** Bytes of a PNG at most: what it holds is inflated at once. */
const MAX_BYTES = 4 * 2 ** 20;
/** Bytes of a pixel at most: four samples of 16 bits, and a filter where each is a row of its own. */
const MAX_PIXEL_BYTES = 9;

/** Whether bytes begin as a PNG does. */
export function isPng(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 8)).toString("hex") === SIGNATURE;
}

/**
 * Decodes a PNG. Its size is looked at first, and of an interlaced one what is in it: there the library does not bound what
 * it inflates.
 *
 * @throws {DecodeError} when it is none, too large, or broken.
 */
export function decodePng(bytes: Uint8Array): Picture {
  if (bytes.length > MAX_BYTES) throw new DecodeError("PNG", 0, `${bytes.length} bytes are more than ${MAX_BYTES}`);
  const data = readChunks(bytes);
  const header = new ByteReader(bytes, "PNG", 16);
  const width = header.u32be("width");
  const height = header.u32be("height");
  checkSize(width, height, "PNG");
  header.bytes(4, "depth, colour, compression and filter");
  try {
    if (header.u8("interlacing") !== 0) inflateSync(data, { maxOutputLength: MAX_PIXEL_BYTES * width * height });
    const { data: rgba } = PNG.sync.read(Buffer.from(bytes));
    return { width, height, rgba: new Uint8Array(rgba) };
  } catch (error) {
    throw new DecodeError("PNG", 0, (error as Error).message);
  }
}

/** What IDAT holds. The size that is looked at is the one that counts: IHDR comes first, and once. */
function readChunks(bytes: Uint8Array): Uint8Array {
  const reader = new ByteReader(bytes, "PNG", 8);
  const data: Uint8Array[] = [];
  for (let i = 0; reader.remaining > 0; i++) {
    const length = reader.u32be("length of a chunk");
    const type = Buffer.from(reader.bytes(4, "type of a chunk")).toString("latin1");
    if ((type === "IHDR") !== (i === 0)) throw reader.fail("IHDR", "is not the first chunk, or comes again");
    const content = reader.bytes(length, "chunk");
    reader.bytes(4, "sum of a chunk");
    if (type === "IEND") break;
    if (type === "IDAT") data.push(content);
  }
  return Buffer.concat(data);
}

/** A picture as a PNG. */
export function encodePng({ width, height, rgba }: Picture): Uint8Array {
  const png = new PNG({ width, height });
  png.data = Buffer.from(rgba);
  return PNG.sync.write(png);
}
