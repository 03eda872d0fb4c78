import { DecodeError } from "../../errors.js";
import type { Notification } from "../../notifications/model.js";
import { DEFAULT_RESOURCE_FILE } from "../../notifications/strings/string-tables.js";
import type { Notice } from "../../pan/connection-options.js";
import type { DriverFile } from "../../resources/driver-file.js";
import type { DriverFolder } from "../../resources/driver-folder.js";
import type { Picture } from "../../resources/picture.js";
import { readPicture, type PictureKind } from "../../resources/pictures.js";
import { encodePng } from "../../resources/png.js";
import { halfBlocks, type ColourDepth } from "./half-blocks.js";

/** Pictures that are kept for the next time. */
const MAX_KEPT = 16;

/** Pixels of a picture in the terminal: an icon is small, a bitmap as wide as the texts may be. */
const ICON_SIDE = 16;
const BITMAP_WIDTH = 60;
const BITMAP_HEIGHT = 40;

/** A picture, and as PNG in base64 once that was asked for. */
interface Kept {
  readonly picture: Picture;
  png: string | null;
}

/** The icons of balloons and the bitmaps of message boxes, out of driver files. */
export class Pictures {
  readonly #drivers: Pick<DriverFolder, "find">;
  readonly #notice: Notice;
  readonly #kept = new Map<string, Kept | null>();

  constructor(drivers: Pick<DriverFolder, "find">, notice: Notice) {
    this.#drivers = drivers;
    this.#notice = notice;
  }

  /** The picture of a notification as PNG in base64; null when it has none, or it cannot be found. */
  png(notification: Notification): string | null {
    const kept = this.#of(notification);
    if (kept === null) return null;
    kept.png ??= Buffer.from(encodePng(kept.picture)).toString("base64");
    return kept.png;
  }

  /** The picture as lines for a terminal of so many columns; none when there is none. */
  lines(notification: Notification, columns: number, depth: ColourDepth): string[] {
    const kept = this.#of(notification);
    if (kept === null) return [];
    const { picture } = kept;
    return notification.kind === "balloon"
      ? halfBlocks(picture, Math.min(ICON_SIDE, columns), ICON_SIDE, depth)
      : halfBlocks(picture, Math.min(BITMAP_WIDTH, columns), BITMAP_HEIGHT, depth);
  }

  #of(notification: Notification): Kept | null {
    if (notification.kind === "balloon" && notification.icon !== null) return this.#find("icon", notification.icon);
    if (notification.kind === "messageBox" && notification.bitmap !== null)
      return this.#find("bitmap", notification.bitmap);
    return null;
  }

  #find(kind: PictureKind, { id, dll }: { readonly id: number; readonly dll: string | null }): Kept | null {
    const name = dll ?? DEFAULT_RESOURCE_FILE;
    const key = JSON.stringify([kind, name.toLowerCase(), id]);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const picture = this.#drivers.find(name, (file) => this.#read(file, kind, id, name));
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    const kept = picture === null ? null : { picture, png: null };
    this.#kept.set(key, kept);
    return kept;
  }

  /** A broken picture says nothing against the texts of its file. */
  #read(file: DriverFile, kind: PictureKind, id: number, name: string): Picture | null {
    try {
      return readPicture(file, kind, id);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#notice(`the ${kind} ${id} of ${name} cannot be shown: ${error.message}`, "verbose");
      return null;
    }
  }
}
