import { XMLParser } from "fast-xml-parser";
import { clip } from "../../bytes/clip.js";
import { DecodeError } from "../../errors.js";
import { MAX_DEPTH, guardMarkup } from "./markup.js";
import { decodeReferences } from "./references.js";
import type { XmlElement } from "./element.js";

const ATTRIBUTES = ":@";
const ATTRIBUTE_PREFIX = "@";
const TEXT = "#text";
const CDATA = "#cdata";

/** References are replaced here, once for all. Without this it makes a decoder of its own for each document: 8 % of a small one. */
const NO_ENTITIES = {
  setExternalEntities: () => undefined,
  addInputEntities: () => undefined,
  setXmlVersion: () => undefined,
  reset: () => undefined,
  decode: (text: string) => text,
};

/** Nothing is trimmed, coerced, reordered, renamed, dropped or expanded; its own validation is not run. */
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
  ignoreDeclaration: true,
  entityDecoder: NO_ENTITIES,
  jPath: false,
  maxNestedTags: MAX_DEPTH,
  onDangerousProperty: (name) => name,
});

/** What fast-xml-parser makes of an element or a CDATA section: its name with its content, and its attributes. */
type OrderedNode = Readonly<Record<string, unknown>>;
const FORGOTTEN: OrderedNode = {};
type Attributes = Readonly<Record<string, string>>;

/**
 * Parses an XML 1.0 document that needs no document type declaration; a byte order mark before it is skipped. Namespaces
 * are not looked at.
 *
 * @throws {DecodeError} when it is not well-formed or beyond the bounds of markup.ts; the offset counts bytes of UTF-16.
 */
export function parseXml(text: string): XmlElement {
  const markup = guardMarkup(text);
  let nodes: OrderedNode[];
  try {
    nodes = parser.parse(markup.text) as OrderedNode[];
  } catch (error) {
    // What is left: element names such as __proto__, which fast-xml-parser refuses.
    throw new DecodeError("XML document", 0, clip((error as Error).message, 200));
  }
  const [root] = new Tree(text, markup.contents).content(nodes);
  if (root === undefined || typeof root === "string") throw new DecodeError("XML document", 0, "no root element");
  return root;
}

/** Makes elements of what fast-xml-parser made, which comes in the order of the start tags. */
class Tree {
  readonly #source: string;
  readonly #contents: readonly number[];
  #next = 0;

  constructor(source: string, contents: readonly number[]) {
    this.#source = source;
    this.#contents = contents;
  }

  /** Takes the nodes: each may be forgotten when its element is made, so that no two whole trees stand in memory. */
  content(nodes: OrderedNode[]): (XmlElement | string)[] {
    return nodes.map((node, i) => {
      nodes[i] = FORGOTTEN;
      const name = nameOf(node);
      const content = node[name];
      if (name === TEXT) return decodeReferences(content as string);
      if (name === CDATA) return (content as OrderedNode[])[0]?.[TEXT] as string;
      return this.#element(name, node[ATTRIBUTES] as Attributes | undefined, content as OrderedNode[]);
    });
  }

  #element(name: string, raw: Attributes | undefined, children: OrderedNode[]): XmlElement {
    const place = this.#next;
    this.#next += 2;
    return {
      name: name.slice(name.lastIndexOf(":") + 1),
      attributes: attributes(raw),
      content: this.content(children),
      source: this.#source.slice(this.#contents[place], this.#contents[place + 1]),
    };
  }
}

/** The key that stands for the content: the first one. */
function nameOf(node: OrderedNode): string {
  for (const key in node) return key;
  return "";
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

function attributes(raw: Attributes | undefined): ReadonlyMap<string, string> {
  if (raw === undefined) return NO_ATTRIBUTES;
  const values = new Map<string, string>();
  for (const name in raw) {
    // Line ends are line feeds by now; white space becomes spaces before references are replaced (XML 1.0, 3.3.3).
    values.set(name.slice(ATTRIBUTE_PREFIX.length), decodeReferences((raw[name] ?? "").replace(/[\t\n]/g, " ")));
  }
  return values;
}
