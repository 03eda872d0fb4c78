/** An element of a parsed document: what the decoders of notifications read. */
export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  /** Values by name as written (prefix included), normalised and with references replaced (XML 1.0, 3.3.3). */
  readonly attributes: ReadonlyMap<string, string>;
  /** Child elements and runs of character data in document order; comments and processing instructions are left out. */
  readonly content: readonly (XmlElement | string)[];
  /** What stands between its tags in the source, as it is written there. */
  readonly source: string;
}

/** The child elements, in document order. */
export function childElements(element: XmlElement): XmlElement[] {
  return element.content.filter((item) => typeof item !== "string");
}

/** The character data directly in the element, CDATA sections included. */
export function textOf(element: XmlElement): string {
  return element.content.filter((item) => typeof item === "string").join("");
}
