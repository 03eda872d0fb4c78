import { XMLParser } from "fast-xml-parser";
import { DecodeError } from "../../errors.js";
import { MAX_DEPTH, prepareMarkup } from "./markup.js";
import { decodeReferences } from "./references.js";
import type { XmlElement } from "./element.js";

const ATTRIBUTES = ":@";
const ATTRIBUTE_PREFIX = "@";
const TEXT = "#text";
const CDATA = "#cdata";

/**
 * Nothing is trimmed, coerced, reordered, renamed, dropped or expanded. Its own validation is not run: prepareMarkup
 * refuses all that it would refuse, and what it lets pass, without gathering attributes character by character.
 */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE_PREFIX,
  textNodeName: TEXT,
  cdataPropName: CDATA,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  jPath: false,
  maxNestedTags: MAX_DEPTH,
  onDangerousProperty: (name) => name,
});

/** What fast-xml-parser makes of an element or a CDATA section: its name with its content, and its attributes. */
type OrderedNode = Readonly<Record<string, unknown>>;

/**
 * Parses an XML 1.0 document that needs no document type declaration; a byte order mark before it is skipped. Namespaces
 * are not looked at.
 *
 * @throws {DecodeError} when it is not well-formed or beyond the bounds of markup.ts; the offset counts bytes of UTF-16.
 */
export function parseXml(text: string): XmlElement {
  const markup = prepareMarkup(text);
  let nodes: OrderedNode[];
  try {
    nodes = parser.parse(markup) as OrderedNode[];
  } catch (error) {
    // What is left: element names such as __proto__, which fast-xml-parser refuses.
    throw new DecodeError("XML document", 0, (error as Error).message.slice(0, 200));
  }
  const [root] = content(nodes);
  if (root === undefined || typeof root === "string") throw new DecodeError("XML document", 0, "no root element");
  return root;
}

function content(nodes: readonly OrderedNode[]): (XmlElement | string)[] {
  return nodes.map((node) => {
    const name = Object.keys(node).find((key) => key !== ATTRIBUTES) ?? "";
    const children = node[name] as OrderedNode[];
    if (name === CDATA) return decodeReferences(children[0]?.[TEXT] as string);
    return {
      name: name.slice(name.lastIndexOf(":") + 1),
      attributes: attributes(node[ATTRIBUTES] as Readonly<Record<string, string>> | undefined),
      content: content(children),
    };
  });
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

function attributes(raw: Readonly<Record<string, string>> | undefined): ReadonlyMap<string, string> {
  if (raw === undefined) return NO_ATTRIBUTES;
  return new Map(
    Object.entries(raw).map(([name, value]) => [
      name.slice(ATTRIBUTE_PREFIX.length),
      // Line ends are line feeds by now; white space becomes spaces before references are replaced (XML 1.0, 3.3.3).
      decodeReferences(value.replace(/[\t\n]/g, " ")),
    ]),
  );
}
