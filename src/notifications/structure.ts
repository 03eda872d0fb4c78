import { NoncomplianceError, quote } from "./noncompliance.js";
import { isBlank } from "./xml/characters.js";
import { childElements, textOf, type XmlElement } from "./xml/element.js";

/** Checks that both kinds of notification need of their elements; each names the section that it is about. */

export type SameName = (actual: string, expected: string) => boolean;

export const sameCase: SameName = (actual, expected) => actual === expected;

/** Names that differ in ASCII case only are the same ([MS-PAN] 3.2.3.4.1). */
export const anyAsciiCase: SameName = (actual, expected) => asciiLower(actual) === asciiLower(expected);

/** Lower case for A to Z; other letters stay, so that none of them turns into an ASCII one. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Child elements by the name that the schema gives them. */
export type Children<Name extends string> = Readonly<Record<Name, readonly XmlElement[]>>;

/**
 * The child elements of an element that holds no text, in any order.
 *
 * @throws {NoncomplianceError} for text or an element of another name.
 */
export function childrenOf<Name extends string>(
  element: XmlElement,
  names: readonly Name[],
  sameName: SameName,
  section: string,
): Children<Name> {
  requireNoText(element, section);
  const children = Object.fromEntries(names.map((name) => [name, [] as XmlElement[]])) as Record<Name, XmlElement[]>;
  for (const child of childElements(element)) {
    const name = names.find((expected) => sameName(child.name, expected));
    if (name === undefined)
      throw new NoncomplianceError(`element ${quote(child.name)} cannot stand in ${quote(element.name)}`, section);
    children[name].push(child);
  }
  return children;
}

/** The only child of this name. */
export function one<Name extends string>(children: Children<Name>, name: Name, section: string): XmlElement {
  const child = atMostOne(children, name, section);
  if (child === null) throw new NoncomplianceError(`element ${quote(name)} is missing`, section);
  return child;
}

export function atMostOne<Name extends string>(
  children: Children<Name>,
  name: Name,
  section: string,
): XmlElement | null {
  const [child, ...others] = children[name];
  if (others.length > 0) throw new NoncomplianceError(`element ${quote(name)} appears more than once`, section);
  return child ?? null;
}

/** White space is no text. */
export function requireNoText(element: XmlElement, section: string): void {
  const text = textOf(element);
  if (!isBlank(text)) throw new NoncomplianceError(`element ${quote(element.name)} holds text ${quote(text)}`, section);
}

/** For elements that hold character data only. */
export function requireNoElements(element: XmlElement, section: string): void {
  const [child] = childElements(element);
  if (child !== undefined)
    throw new NoncomplianceError(`element ${quote(child.name)} cannot stand in ${quote(element.name)}`, section);
}

export function requireEmpty(element: XmlElement, section: string): void {
  requireNoText(element, section);
  requireNoElements(element, section);
}

export function requiredAttribute(element: XmlElement, name: string, section: string): string {
  const value = element.attributes.get(name);
  if (value === undefined)
    throw new NoncomplianceError(`element ${quote(element.name)} lacks attribute ${quote(name)}`, section);
  return value;
}
