import { UNCARRIABLE } from "./characters.js";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/** Character data. A carriage return is written as a reference: a parser would turn it into a line feed (XML 1.0, 2.11). */
export function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, escaped);
}

/** The value of an attribute in double quotes. White space in it would be normalised to spaces (XML 1.0, 3.3.3). */
export function escapeAttribute(value: string): string {
  return value.replace(/[&<>"\t\n\r]/g, escaped);
}

/** The first character that XML has no way to write, as `U+001B`; null when all can be written. */
export function uncarriable(text: string): string | null {
  const at = text.search(UNCARRIABLE);
  return at === -1 ? null : `U+${text.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0")}`;
}

function escaped(character: string): string {
  return ESCAPES[character] ?? character;
}
