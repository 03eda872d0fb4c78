import { type Breaches, NoncomplianceError, quote } from "./noncompliance.js";
import { isBlank } from "./xml/characters.js";
import { childElements, textOf, type XmlElement } from "./xml/element.js";

/** Checks that both kinds of notification need of their elements; each names the section that it is about. */

export type SameName = (actual: string, expected: string) => boolean;

export const sameCase: SameName = (actual, expected) => actual === expected;

/** Names that differ in ASCII case only are the same ([MS-PAN] 3.2.3.4.1). */
export const anyAsciiCase: SameName = (actual, expected) =>
  actual === expected || (actual.length === expected.length && asciiLower(actual) === asciiLower(expected));

/** Lower case for A to Z; other letters stay, so that none of them turns into an ASCII one. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** How the children of an element are judged: how names are compared, the section, and where breaches are noted. */
export interface Rules {
  readonly sameName: SameName;
  readonly section: string;
  readonly breaches: Breaches;
}

/** The child elements of an element, in any order, by the names that the schema gives them. */
export class Children<Name extends string> {
  readonly #rules: Rules;
  readonly #names: readonly Name[];
  /** By the place of the name among the names. */
  readonly #found: readonly XmlElement[][];

  /**
   * An element of another name is a breach.
   *
   * @throws {NoncomplianceError} when the element holds text.
   */
  constructor(element: XmlElement, names: readonly Name[], rules: Rules) {
    this.#rules = rules;
    this.#names = names;
    this.#found = names.map(() => []);
    requireNoText(element, rules.section);
    for (const child of childElements(element)) {
      const found = this.#found[names.findIndex((expected) => rules.sameName(child.name, expected))];
      if (found === undefined) misplaced(child, element, rules);
      else found.push(child);
    }
  }

  all(name: Name): readonly XmlElement[] {
    return this.#found[this.#names.indexOf(name)] ?? [];
  }

  /** The child of this name, the first one when there are several, which is a breach. */
  atMostOne(name: Name): XmlElement | null {
    const [child, other] = this.all(name);
    if (other !== undefined)
      this.#rules.breaches.add(() => `element ${quote(name)} appears more than once`, this.#rules.section);
    return child ?? null;
  }

  /**
   * Like {@link atMostOne}.
   *
   * @throws {NoncomplianceError} when there is none.
   */
  one(name: Name): XmlElement {
    const child = this.atMostOne(name);
    if (child === null) throw new NoncomplianceError(`element ${quote(name)} is missing`, this.#rules.section);
    return child;
  }
}

/** Notes an element that has no place where it stands. */
export function misplaced(
  child: XmlElement,
  parent: XmlElement,
  { breaches, section }: Pick<Rules, "breaches" | "section">,
): void {
  breaches.add(() => `element ${quote(child.name)} cannot stand in ${quote(parent.name)}`, section);
}

/** White space is no text. */
export function requireNoText(element: XmlElement, section: string): void {
  const text = textOf(element);
  if (!isBlank(text)) throw new NoncomplianceError(`element ${quote(element.name)} holds text ${quote(text)}`, section);
}

/** For elements that hold character data only: others are breaches. */
export function noElements(element: XmlElement, rules: Pick<Rules, "breaches" | "section">): void {
  const [child] = childElements(element);
  if (child !== undefined) misplaced(child, element, rules);
}

/** For elements that hold nothing. */
export function requireEmpty(element: XmlElement, rules: Pick<Rules, "breaches" | "section">): void {
  requireNoText(element, rules.section);
  noElements(element, rules);
}

export function requiredAttribute(element: XmlElement, name: string, section: string): string {
  const value = element.attributes.get(name);
  if (value === undefined)
    throw new NoncomplianceError(`element ${quote(element.name)} lacks attribute ${quote(name)}`, section);
  return value;
}
