import { crc32, deflateSync } from "node:zlib";
import { DecodeError } from "../../../src/errors.js";
import { decodeDib } from "../../../src/resources/dib.js";
import type { Picture } from "../../../src/resources/picture.js";
import { decodePng } from "../../../src/resources/png.js";
import { corpus } from "../engine/corpus.js";
import { must, orRefuse, type FuzzTarget } from "../engine/target.js";

/** Device-independent bitmaps, as bitmaps and as icons. */
export const dib: FuzzTarget = {
  name: "dib",
  seeds: corpus("dib"),
  run(input) {
    for (const isIcon of [false, true]) mustBeWhole(orRefuse(() => decodeDib(input, isIcon), DecodeError));
  },
};

/** PNGs whose seeds hold their pixels as they are: they are packed, and the sums made right, after each mutation. */
export const png: FuzzTarget = {
  name: "png",
  seeds: corpus("png"),
  run(input) {
    for (const bytes of [input, packed(input)]) mustBeWhole(orRefuse(() => decodePng(bytes), DecodeError));
  },
};

function mustBeWhole(picture: Picture | null): void {
  if (picture === null) return;
  must(picture.rgba.length === 4 * picture.width * picture.height, "a picture has four bytes for each pixel");
}

function packed(input: Uint8Array): Uint8Array {
  const bytes = Buffer.from(input);
  const chunks: Uint8Array[] = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = Math.min(bytes.readUInt32BE(at), bytes.length - at - 12);
    const type = bytes.subarray(at + 4, at + 8);
    const data = bytes.subarray(at + 8, at + 8 + length);
    chunks.push(chunk(type, type.toString("latin1") === "IDAT" ? deflateSync(data) : data));
    at += 12 + length;
  }
  return Buffer.concat(chunks);
}

function chunk(type: Uint8Array, data: Uint8Array): Uint8Array {
  const typed = Buffer.concat([type, data]);
  const bytes = Buffer.alloc(typed.length + 8);
  bytes.writeUInt32BE(data.length);
  bytes.set(typed, 4);
  bytes.writeUInt32BE(crc32(typed), typed.length + 4);
  return bytes;
}
