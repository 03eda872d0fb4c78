import { graphemes } from "./graphemes.js";

/** Longest run of units that is still looked at as one character. */
const LONGEST_GRAPHEME = 64;

/**
 * The text, or its beginning and an ellipsis where it is longer than `length` UTF-16 units. A character as people see it
 * (an emoji of several code points, a letter with its accents) stays whole or is left out.
 */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const start = Math.max(0, length - LONGEST_GRAPHEME);
  const around = text.slice(start, length + LONGEST_GRAPHEME);
  const end = start + (graphemes(around).containing(length - start)?.index ?? length);
  return `${text.slice(0, end)}…`;
}
