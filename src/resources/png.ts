import { PNG } from "pngjs";
import { ByteReader } from "../bytes/reader.js";
import { DecodeError } from "../errors.js";
import { checkSize, type Picture } from "./picture.js";

const SIGNATURE = "89504e470d0a1a0a";
/** Bytes of a PNG at most: what it holds is inflated at once. */
const MAX_BYTES = 4 * 2 ** 20;

/** Whether bytes begin as a PNG does. */
export function isPng(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 8)).toString("hex") === SIGNATURE;
}

/**
 * Decodes a PNG. Its size is looked at first, and an interlaced one is refused: of those the library does not bound what it
 * inflates.
 *
 * @throws {DecodeError} when it is none, too large, or broken.
 */
export function decodePng(bytes: Uint8Array): Picture {
  if (bytes.length > MAX_BYTES) throw new DecodeError("PNG", 0, `${bytes.length} bytes are more than ${MAX_BYTES}`);
  requireOneHeader(bytes);
  const header = new ByteReader(bytes, "PNG", 16);
  const width = header.u32be("width");
  const height = header.u32be("height");
  checkSize(width, height, "PNG");
  header.bytes(4, "depth, colour, compression and filter");
  if (header.u8("interlacing") !== 0) throw header.fail("interlacing", "is not read", 28);
  try {
    const { data } = PNG.sync.read(Buffer.from(bytes));
    return { width, height, rgba: new Uint8Array(data) };
  } catch (error) {
    throw new DecodeError("PNG", 0, (error as Error).message);
  }
}

/** The size that is looked at is the one that counts: IHDR comes first, and once. */
function requireOneHeader(bytes: Uint8Array): void {
  const reader = new ByteReader(bytes, "PNG", 8);
  for (let i = 0; reader.remaining > 0; i++) {
    const length = reader.u32be("length of a chunk");
    const type = Buffer.from(reader.bytes(4, "type of a chunk")).toString("latin1");
    if ((type === "IHDR") !== (i === 0)) throw reader.fail("IHDR", "is not the first chunk, or comes again");
    reader.bytes(length + 4, "chunk");
    if (type === "IEND") return;
  }
}

/** A picture as a PNG. */
export function encodePng({ width, height, rgba }: Picture): Uint8Array {
  const png = new PNG({ width, height });
  png.data = Buffer.from(rgba);
  return PNG.sync.write(png);
}
