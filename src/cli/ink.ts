/** How text for people is set off, by colour and weight or not at all. Nothing is told by it alone. */
export interface Ink {
  readonly coloured: boolean;
  bold(this: void, text: string): string;
  dim(this: void, text: string): string;
  green(this: void, text: string): string;
  red(this: void, text: string): string;
  yellow(this: void, text: string): string;
}

/** Leaves text as it is. */
export const PLAIN: Ink = { coloured: false, bold: plain, dim: plain, green: plain, red: plain, yellow: plain };

/** The colours that every terminal has ([ECMA-48] 8.3.117). */
export const COLOURED: Ink = {
  coloured: true,
  bold: rendition(1, 22),
  dim: rendition(2, 22),
  green: rendition(32, 39),
  red: rendition(31, 39),
  yellow: rendition(33, 39),
};

function plain(text: string): string {
  return text;
}

function rendition(on: number, off: number): (text: string) => string {
  return (text) => (text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`);
}
