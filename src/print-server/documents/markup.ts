import { encodeUtf16 } from "../../bytes/utf16.js";
import { UsageError } from "../../errors.js";
import { escapeAttribute, escapeText, uncarriable } from "../../notifications/xml/escape.js";

/** XML that is ready to be put into a document. */
export type Markup = string;

/** Values of attributes; null and undefined leave the attribute out. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** An element; `content` is markup, and none makes an empty element. */
export function element(name: string, attributes: Attributes, content: Markup = ""): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeAttribute(carriable(String(value)))}"`)
    .join("");
  return content === "" ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** Character data. Throws a UsageError for a text that XML cannot carry. */
export function characters(content: string): Markup {
  return escapeText(carriable(content));
}

/** The bytes of a document as Windows sends it: UTF-16LE without byte order mark, with a terminating NUL. */
export function encodeDocument(root: Markup): Uint8Array {
  return encodeUtf16(`<?xml version="1.0" ?>${root}\0`);
}

function carriable(text: string): string {
  const character = uncarriable(text);
  if (character === null) return text;
  throw new UsageError(`A text holds the character ${character}, which XML cannot carry.`);
}
