import { characters, displayWidth, fits } from "./width.js";

/**
 * Breaks a text into lines of at most `width` columns: at its line feeds, then between words, and inside a word only
 * when it is longer than a line. Runs of spaces at a break disappear. An infinite width breaks at line feeds only.
 */
export function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((paragraph) => wrapParagraph(paragraph.trimEnd(), Math.max(1, width)));
}

function wrapParagraph(paragraph: string, width: number): string[] {
  if (fits(paragraph, width)) return [paragraph];
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const [, spaces = "", word = ""] of paragraph.matchAll(/( *)([^ ]+)/g)) {
    const needed = spaces.length + displayWidth(word);
    if (used > 0 && used + needed > width) {
      lines.push(line);
      [line, used] = ["", 0];
    }
    const piece = used > 0 || lines.length === 0 ? spaces + word : word;
    const parts = breakWord(piece, width, used);
    lines.push(...parts.slice(0, -1).map((part, i) => (i === 0 ? line + part : part)));
    const last = parts.at(-1) ?? "";
    [line, used] = parts.length > 1 ? [last, displayWidth(last)] : [line + last, used + displayWidth(last)];
  }
  lines.push(line);
  return lines;
}

/** Cuts what does not fit behind `used` columns into pieces that fit a line each. */
function breakWord(word: string, width: number, used: number): string[] {
  const parts: string[] = [];
  let part = "";
  let columns = used;
  // A text is made of few different characters, and asking for a width is dear (40 µs for an ideograph).
  const widths = new Map<string, number>();
  for (const character of characters(word)) {
    const more = widths.get(character) ?? displayWidth(character);
    widths.set(character, more);
    if (columns + more > width && columns > 0) {
      parts.push(part);
      [part, columns] = ["", 0];
    }
    part += character;
    columns += more;
  }
  parts.push(part);
  return parts;
}
