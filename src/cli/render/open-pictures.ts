import type { DriverFolder } from "../../resources/driver-folder.js";
import type { Notification } from "../../notifications/model.js";
import type { Stage } from "../stage.js";
import { colourDepth } from "./half-blocks.js";
import type { PngOf } from "./json-notification.js";
import { textColumns } from "./pretty/layout.js";

/** The picture of a notification as lines for a terminal of so many columns. */
export type PictureLines = (notification: Notification, columns: number) => readonly string[];

/** How pictures are shown; null where they are not. */
export interface ShownPictures {
  readonly pngOf: PngOf | null;
  readonly lines: PictureLines | null;
}

/** What `--images` asks for. What decodes pictures is loaded only when one may be shown. */
export async function openPictures(stage: Stage, drivers: DriverFolder): Promise<ShownPictures> {
  const { images, format } = stage.output;
  if (images === "never" || (images === "auto" && (format !== "pretty" || drivers.isEmpty))) {
    return { pngOf: null, lines: null };
  }
  const { Pictures } = await import("./pictures.js");
  const pictures = new Pictures(drivers, stage.notice);
  const depth = await depthOf(stage);
  return {
    pngOf: images === "always" ? (notification) => pictures.png(notification) : null,
    lines: depth && ((notification, columns) => pictures.lines(notification, textColumns(columns), depth)),
  };
}

/** The colours that stdout shows; `always` asks no terminal. */
async function depthOf(stage: Stage): Promise<ReturnType<typeof colourDepth>> {
  const depth = colourDepth(process.env);
  if (stage.output.images === "always") return depth ?? "256";
  const { chalk } = await stage.paper(process.stdout);
  return process.stdout.isTTY && chalk.level > 0 ? depth : null;
}
