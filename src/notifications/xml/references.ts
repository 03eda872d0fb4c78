import { DecodeError } from "../../errors.js";
import { isXmlCharacter } from "./characters.js";

const REFERENCE = /&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|(amp|lt|gt|quot|apos));/y;
const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/**
 * Checks that every `&` of a text starts a reference that needs no document type declaration, to a character that XML
 * allows (XML 1.0, 4.1). `at` is where the text stands in its document, in characters.
 *
 * @throws {DecodeError} naming the offset of the reference.
 */
export function checkReferences(text: string, at: number): void {
  for (let i = text.indexOf("&"); i !== -1; i = text.indexOf("&", REFERENCE.lastIndex)) {
    REFERENCE.lastIndex = i;
    const match = REFERENCE.exec(text);
    const offset = 2 * (at + i);
    if (match === null) throw new DecodeError("XML document", offset, "& starts no character or predefined entity");
    const [, decimal, hexadecimal] = match;
    if (decimal === undefined && hexadecimal === undefined) continue;
    if (!isXmlCharacter(codeOf(decimal, hexadecimal)))
      throw new DecodeError("XML document", offset, "the reference is to a character that XML forbids");
  }
}

/** The text with its references replaced once; what they stand for is not looked at again. Assumes checked text. */
export function decodeReferences(text: string): string {
  let ampersand = text.indexOf("&");
  if (ampersand === -1) return text;
  const pieces: string[] = [];
  let end = 0;
  for (; ampersand !== -1; ampersand = text.indexOf("&", end)) {
    const semicolon = text.indexOf(";", ampersand);
    pieces.push(text.slice(end, ampersand), meaning(text.slice(ampersand + 1, semicolon)));
    end = semicolon + 1;
  }
  return pieces.join("") + text.slice(end);
}

function meaning(name: string): string {
  if (!name.startsWith("#")) return PREDEFINED.get(name) ?? "";
  return String.fromCodePoint(name.startsWith("#x") ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10));
}

function codeOf(decimal: string | undefined, hexadecimal: string | undefined): number {
  return decimal === undefined ? parseInt(hexadecimal ?? "", 16) : parseInt(decimal, 10);
}
