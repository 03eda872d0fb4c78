import { ByteReader } from "../bytes/reader.js";
import { decodeDib } from "./dib.js";
import type { DriverFile } from "./driver-file.js";
import type { Picture } from "./picture.js";
import { decodePng, isPng } from "./png.js";
import { RESOURCE_TYPES } from "./resource-directory.js";

/** What notifications name: the icon of a balloon, the bitmap of a message box. */
export type PictureKind = "icon" | "bitmap";

/** The side of the icon that is looked for, in pixels. */
const ICON_SIDE = 32;

/** A picture of a driver's file; null when it has none with this id. Throws a DecodeError when it cannot be read. */
export function readPicture(file: DriverFile, kind: PictureKind, id: number): Picture | null {
  if (kind === "bitmap") {
    const bitmap = file.resource(RESOURCE_TYPES.bitmap, id);
    return bitmap === null ? null : decodePicture(bitmap, false);
  }
  const group = file.resource(RESOURCE_TYPES.groupIcon, id);
  const best = group === null ? null : bestIcon(group);
  const icon = best === null ? null : file.resource(RESOURCE_TYPES.icon, best);
  return icon === null ? null : decodePicture(icon, true);
}

function decodePicture(bytes: Uint8Array, isIcon: boolean): Picture {
  return isPng(bytes) ? decodePng(bytes) : decodeDib(bytes, isIcon);
}

/** The id of the icon in a group whose size is the nearest, with the most colours. */
function bestIcon(group: Uint8Array): number | null {
  const reader = new ByteReader(group, "RT_GROUP_ICON", 4);
  const count = reader.u16("number of icons");
  let best: { id: number; distance: number; bits: number } | null = null;
  for (let i = 0; i < count; i++) {
    const side = reader.u8("width") || 256;
    reader.bytes(5, "height, colours and planes");
    const bits = reader.u16("bits");
    reader.bytes(4, "size");
    const found = { id: reader.u16("id"), distance: Math.abs(side - ICON_SIDE), bits };
    if (best === null || found.distance < best.distance || (found.distance === best.distance && bits > best.bits))
      best = found;
  }
  return best?.id ?? null;
}
