import { fitted, type Picture } from "../../resources/picture.js";

/** How many colours a terminal shows: all, or the 256 of xterm. */
export type ColourDepth = "truecolor" | "256";

/** What a terminal says of itself; null where it promises no more than 16 colours. */
export function colourDepth(env: NodeJS.ProcessEnv): ColourDepth | null {
  if (/^(truecolor|24bit)$/i.test(env["COLORTERM"] ?? "")) return "truecolor";
  return /256color|direct|kitty|alacritty|ghostty|foot/.test(env["TERM"] ?? "") ? "256" : null;
}

/** Less opaque than this is not painted. */
const OPAQUE = 128;

const RESET = "\x1b[0m";

/**
 * A picture as lines for a terminal: each character stands for two pixels, one above the other, the upper half in the
 * colour of the text and the lower in that of the background. `width` and `height` are the most pixels of each side.
 */
export function halfBlocks(picture: Picture, width: number, height: number, depth: ColourDepth): string[] {
  const small = fitted(picture, width, height);
  const lines: string[] = [];
  for (let y = 0; y < small.height; y += 2) {
    let line = "";
    for (let x = 0; x < small.width; x++) line += character(colourAt(small, x, y), colourAt(small, x, y + 1), depth);
    lines.push(`${line}${RESET}`);
  }
  return lines;
}

type Colour = readonly [red: number, green: number, blue: number];

function colourAt({ width, height, rgba }: Picture, x: number, y: number): Colour | null {
  const at = 4 * (y * width + x);
  if (y >= height || (rgba[at + 3] ?? 0) < OPAQUE) return null;
  return [rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0];
}

function character(upper: Colour | null, lower: Colour | null, depth: ColourDepth): string {
  if (upper === null && lower === null) return `${RESET} `;
  if (upper === null && lower !== null) return `${RESET}${paint(38, lower, depth)}▄`;
  if (upper !== null && lower === null) return `${RESET}${paint(38, upper, depth)}▀`;
  return `${paint(38, upper as Colour, depth)}${paint(48, lower as Colour, depth)}▀`;
}

/** The sequence that sets the colour of the text (38) or of the background (48). */
function paint(what: 38 | 48, colour: Colour, depth: ColourDepth): string {
  return depth === "truecolor" ? `\x1b[${what};2;${colour.join(";")}m` : `\x1b[${what};5;${xtermColour(colour)}m`;
}

/** The steps of the colour cube of xterm, and the nearest of its 216 colours and 24 greys. */
const STEPS = [0, 95, 135, 175, 215, 255];

function xtermColour(colour: Colour): number {
  const [red, green, blue] = colour.map(nearestStep) as [number, number, number];
  const cube = [STEPS[red] ?? 0, STEPS[green] ?? 0, STEPS[blue] ?? 0] as const;
  const level = (colour[0] + colour[1] + colour[2]) / 3;
  const grey = Math.max(0, Math.min(23, Math.round((level - 8) / 10)));
  const greyLevel = 8 + 10 * grey;
  const isGrey = distance(colour, [greyLevel, greyLevel, greyLevel]) < distance(colour, cube);
  return isGrey ? 232 + grey : 16 + 36 * red + 6 * green + blue;
}

function nearestStep(value: number): number {
  return STEPS.reduce((best, step, i) => (Math.abs(step - value) < Math.abs((STEPS[best] ?? 0) - value) ? i : best), 0);
}

function distance(a: Colour, b: Colour): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}
