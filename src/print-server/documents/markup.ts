import { encodeUtf16 } from "../../bytes/utf16.js";
import { UsageError } from "../../errors.js";
import { UNCARRIABLE } from "../../notifications/xml/characters.js";

/** XML that is ready to be put into a document. */
export type Markup = string;

/** Values of attributes; null and undefined leave the attribute out. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** An element; `content` is markup, and none makes an empty element. */
export function element(name: string, attributes: Attributes, content: Markup = ""): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`)
    .join("");
  return content === "" ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** Character data. A carriage return is written as a reference, for parsers make a line feed of it (XML 1.0, 2.11). */
export function escapeText(text: string): Markup {
  refuseUncarriable(text);
  return text.replace(/[&<>\r]/g, reference);
}

/** The bytes of a document as Windows sends it: UTF-16LE without byte order mark, with a terminating NUL. */
export function encodeDocument(root: Markup): Uint8Array {
  return encodeUtf16(`<?xml version="1.0" ?>${root}\0`);
}

/** White space in attributes would be normalised to spaces (XML 1.0, 3.3.3). */
function escapeAttribute(value: string): string {
  refuseUncarriable(value);
  return value.replace(/[&<>"\t\n\r]/g, reference);
}

function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

function refuseUncarriable(text: string): void {
  const at = text.search(UNCARRIABLE);
  if (at === -1) return;
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0");
  throw new UsageError(`A text holds the character U+${code}, which XML cannot carry.`);
}
