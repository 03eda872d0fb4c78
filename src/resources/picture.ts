import { DecodeError } from "../errors.js";

/** A picture, row by row from the top: red, green, blue and opacity of each pixel, a byte each. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Most pixels of a side, and of the whole. */
const MAX_SIDE = 4096;
const MAX_PIXELS = 2 ** 20;

/** Throws a DecodeError for a size that no picture of a notification has. */
export function checkSize(width: number, height: number, field: string): void {
  const isSound = width >= 1 && height >= 1 && width <= MAX_SIDE && height <= MAX_SIDE && width * height <= MAX_PIXELS;
  if (!isSound) throw new DecodeError(field, 0, `${width} by ${height} pixels are none, or more than ${MAX_PIXELS}`);
}

/** The picture made smaller, each pixel the mean of those it stands for, so that it fits; never larger. */
export function fitted(picture: Picture, maxWidth: number, maxHeight: number): Picture {
  const scale = Math.min(1, maxWidth / picture.width, maxHeight / picture.height);
  if (scale === 1) return picture;
  const width = Math.max(1, Math.floor(picture.width * scale));
  const height = Math.max(1, Math.floor(picture.height * scale));
  const rgba = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++) {
    const rows = [Math.floor((y * picture.height) / height), Math.ceil(((y + 1) * picture.height) / height)] as const;
    for (let x = 0; x < width; x++) {
      const columns = [Math.floor((x * picture.width) / width), Math.ceil(((x + 1) * picture.width) / width)] as const;
      rgba.set(mean(picture, rows, columns), 4 * (y * width + x));
    }
  }
  return { width, height, rgba };
}

type Range = readonly [from: number, to: number];

/** The mean of a rectangle; colours count by their opacity. */
function mean({ width, rgba }: Picture, rows: Range, columns: Range): [number, number, number, number] {
  let [red, green, blue, opacity, count] = [0, 0, 0, 0, 0];
  for (let y = rows[0]; y < rows[1]; y++) {
    for (let x = columns[0]; x < columns[1]; x++) {
      const at = 4 * (y * width + x);
      const weight = rgba[at + 3] ?? 0;
      red += (rgba[at] ?? 0) * weight;
      green += (rgba[at + 1] ?? 0) * weight;
      blue += (rgba[at + 2] ?? 0) * weight;
      opacity += weight;
      count += 1;
    }
  }
  if (opacity === 0) return [0, 0, 0, 0];
  return [red / opacity, green / opacity, blue / opacity, opacity / count];
}
