import { clip } from "../../bytes/clip.js";
import { DecodeError } from "../../errors.js";
import { FORBIDDEN_CHARACTER, NAME, SPACE, isBlank } from "./characters.js";
import { checkReferences, decodeReferences } from "./references.js";

/** Levels of elements in a document; those of MS-PAN have six. */
export const MAX_DEPTH = 100;
/**
 * Elements in a document: room for 5,000 changed settings at once, where printers have hundreds. Each costs about 4 µs
 * and half a kilobyte, 10 µs while the code is cold, however short it is written.
 */
export const MAX_ELEMENTS = 10_000;
/**
 * Characters from which on a run of text is handed on as a CDATA section, which fast-xml-parser copies at once: other text
 * it gathers character by character, 10 MiB in nearly a second and 400 MiB of memory instead of 20 ms and 10 MiB.
 */
const LONG_TEXT = 64;
/** Attributes of one element; those of MS-PAN have four. */
export const MAX_ATTRIBUTES = 256;

const DECLARATION = new RegExp(
  `<\\?xml${SPACE}+version${SPACE}*=${SPACE}*(?:"1\\.[0-9]+"|'1\\.[0-9]+')` +
    `(?:${SPACE}+encoding${SPACE}*=${SPACE}*(?:"[^"<&]*"|'[^'<&]*'))?` +
    `(?:${SPACE}+standalone${SPACE}*=${SPACE}*(?:"(?:yes|no)"|'(?:yes|no)'))?${SPACE}*\\?>`,
  "y",
);
const START_TAG = new RegExp(`<(${NAME})`, "y");
const ATTRIBUTE = new RegExp(`${SPACE}+(${NAME})${SPACE}*=${SPACE}*(["'])`, "y");
const START_TAG_END = new RegExp(`${SPACE}*(/?)>`, "y");
const END_TAG = new RegExp(`</(${NAME})${SPACE}*>`, "y");
const INSTRUCTION = new RegExp(`<\\?(${NAME})(?=${SPACE}|\\?>)`, "y");

/** A document that may be given to fast-xml-parser. */
export interface Markup {
  /** The document as it stands, without byte order mark and processing instructions, and long runs of text as sections. */
  readonly text: string;
  /** Where the content of each element starts and ends in the source, in the order of the start tags. */
  readonly contents: readonly number[];
}

/**
 * Walks once over a document and refuses what XML 1.0 forbids and fast-xml-parser lets pass, a document type declaration
 * (so nothing can be defined that expands), and what is beyond the bounds above. What is cut out fast-xml-parser misreads:
 * it takes quotation marks in processing instructions for those of attributes.
 *
 * @throws {DecodeError} naming the problem and its offset in bytes of UTF-16.
 */
export function guardMarkup(text: string): Markup {
  return new MarkupWalk(text).run();
}

class MarkupWalk {
  readonly #text: string;
  /** Pieces of the document in front of what has been cut out. */
  readonly #kept: string[] = [];
  #cutAt = 0;
  readonly #open: { readonly name: string; readonly element: number }[] = [];
  readonly #contents: number[] = [];
  #at = 0;
  #elements = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Markup {
    const forbidden = this.#text.search(FORBIDDEN_CHARACTER);
    if (forbidden !== -1) throw this.#error("a character that XML forbids", forbidden);
    if (this.#text.startsWith("\ufeff")) this.#at = 1;
    this.#cutAt = this.#at;
    this.#declaration();
    while (this.#at < this.#text.length) {
      this.#characterData();
      if (this.#at < this.#text.length) this.#markup();
    }
    const unclosed = this.#open.at(-1)?.name;
    if (unclosed !== undefined) throw this.#error(`element ${brief(unclosed)} is never closed`);
    if (this.#elements === 0) throw this.#error("there is no root element");
    // One join: what is put together with + is copied once more when it is read, a tenth of the time of 10 MiB.
    return { text: [...this.#kept, this.#text.slice(this.#cutAt)].join(""), contents: this.#contents };
  }

  #declaration(): void {
    if (!/^<\?xml[ \t\r\n?]/.test(this.#text.slice(this.#at, this.#at + 6))) return;
    if (this.#match(DECLARATION) === null) throw this.#error("the XML declaration is malformed");
  }

  #characterData(): void {
    const start = this.#at;
    const bracket = this.#text.indexOf("<", start);
    this.#at = bracket === -1 ? this.#text.length : bracket;
    const data = this.#text.slice(start, this.#at);
    if (data === "") return;
    if (this.#open.length === 0) {
      if (!isBlank(data)) throw this.#error("there is text outside the root element", start);
      return;
    }
    const end = data.indexOf("]]>");
    if (end !== -1) throw this.#error("]]> stands outside a CDATA section", start + end);
    checkReferences(data, start);
    if (data.length < LONG_TEXT) return;
    const meant = decodeReferences(data.replaceAll("\r\n", "\n").replaceAll("\r", "\n"));
    // What no section can hold stays as it is written.
    if (meant.includes("\r") || meant.includes("]]>")) return;
    this.#kept.push(this.#text.slice(this.#cutAt, start), "<![CDATA[", meant, "]]>");
    this.#cutAt = this.#at;
  }

  #markup(): void {
    const text = this.#text;
    const next = text[this.#at + 1];
    if (next === "/") this.#endTag();
    else if (next === "?") this.#instruction();
    else if (next !== "!") this.#startTag();
    else if (text.startsWith("<!--", this.#at)) this.#comment();
    else if (text.startsWith("<![CDATA[", this.#at)) this.#cdata();
    else if (text.startsWith("<!DOCTYPE", this.#at)) throw this.#error("a document type declaration is not accepted");
    else throw this.#error("<! starts nothing that XML knows");
  }

  #comment(): void {
    const end = this.#text.indexOf("--", this.#at + 4);
    if (end === -1) throw this.#error("the comment is never closed");
    if (this.#text[end + 2] !== ">") throw this.#error("-- stands inside a comment", end);
    this.#at = end + 3;
  }

  #cdata(): void {
    if (this.#open.length === 0) throw this.#error("there is a CDATA section outside the root element");
    const end = this.#text.indexOf("]]>", this.#at);
    if (end === -1) throw this.#error("the CDATA section is never closed");
    this.#at = end + 3;
  }

  #instruction(): void {
    const start = this.#at;
    const target = this.#match(INSTRUCTION)?.[1];
    if (target === undefined) throw this.#error("the processing instruction has no target");
    if (target.toLowerCase() === "xml")
      throw this.#error("an XML declaration stands elsewhere than at the start", start);
    const end = this.#text.indexOf("?>", this.#at);
    if (end === -1) throw this.#error("the processing instruction is never closed", start);
    // Something stands in its place: without it a carriage return and a line feed around it would become one line end.
    this.#kept.push(this.#text.slice(this.#cutAt, start), "<!---->");
    this.#at = this.#cutAt = end + 2;
  }

  #endTag(): void {
    const start = this.#at;
    const name = this.#match(END_TAG)?.[1];
    if (name === undefined) throw this.#error("the end tag is malformed");
    const open = this.#open.pop();
    if (open === undefined) throw this.#error(`end tag ${brief(name)} closes nothing`, start);
    if (name !== open.name) throw this.#error(`end tag ${brief(name)} closes element ${brief(open.name)}`, start);
    this.#contents[2 * open.element + 1] = start;
  }

  #startTag(): void {
    const start = this.#at;
    const name = this.#match(START_TAG)?.[1];
    if (name === undefined) throw this.#error("< starts no tag");
    if (this.#open.length === 0 && this.#elements > 0) throw this.#error("there is a second root element", start);
    if (++this.#elements > MAX_ELEMENTS) throw this.#error(`there are more than ${MAX_ELEMENTS} elements`, start);
    this.#attributes(name);
    const end = this.#match(START_TAG_END);
    if (end === null) throw this.#error(`the start tag of element ${brief(name)} is malformed`);
    this.#contents.push(this.#at, this.#at);
    if (end[1] === "") this.#open.push({ name, element: this.#elements - 1 });
    if (this.#open.length > MAX_DEPTH) throw this.#error(`elements are nested deeper than ${MAX_DEPTH} levels`, start);
  }

  #attributes(element: string): void {
    const seen = new Set<string>();
    for (let match = this.#match(ATTRIBUTE); match !== null; match = this.#match(ATTRIBUTE)) {
      const [, name = "", quote = ""] = match;
      const start = this.#at;
      const end = this.#text.indexOf(quote, start);
      if (end === -1) throw this.#error(`the value of attribute ${brief(name)} is never closed`, start);
      const value = this.#text.slice(start, end);
      if (value.includes("<")) throw this.#error(`the value of attribute ${brief(name)} holds a <`, start);
      checkReferences(value, start);
      if (seen.has(name)) throw this.#error(`attribute ${brief(name)} appears twice`, start);
      if (seen.add(name).size > MAX_ATTRIBUTES)
        throw this.#error(`element ${brief(element)} has more than ${MAX_ATTRIBUTES} attributes`, start);
      this.#at = end + 1;
    }
  }

  /** Matches at the current place and goes on behind it. */
  #match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text);
    if (match !== null) this.#at = sticky.lastIndex;
    return match;
  }

  #error(problem: string, at = this.#at): DecodeError {
    return new DecodeError("XML document", 2 * at, problem);
  }
}

function brief(name: string): string {
  return clip(name, 60);
}
