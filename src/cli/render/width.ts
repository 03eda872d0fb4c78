import stringWidth from "string-width";
import { graphemes } from "../../bytes/graphemes.js";

/** How many columns of a terminal a text takes that holds no control characters. */
export function displayWidth(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}

/** Whether a text takes no more columns than that; no character takes more than two for each of its UTF-16 units. */
export function fits(text: string, columns: number): boolean {
  return 2 * text.length <= columns || displayWidth(text) <= columns;
}

/** The characters of a text as people see them, which a terminal shows whole. */
export function* characters(text: string): Generator<string> {
  for (const { segment } of graphemes(text)) yield segment;
}
