import type { NotificationContext } from "../context.js";
import type { ResolvedString, TextSource } from "../model.js";
import { NoncomplianceError, quote } from "../noncompliance.js";
import { formatMessage, hasInserts } from "../strings/format-message.js";
import { TextBudget } from "../strings/text-budget.js";
import { anyAsciiCase, requireNoElements } from "../structure.js";
import { isBlank } from "../xml/characters.js";
import { childElements, textOf, type XmlElement } from "../xml/element.js";
import { integerAttribute, resourceDll } from "./attributes.js";

/** A text with where it came from. */
interface Found {
  readonly text: string;
  readonly source: TextSource;
}

/** "<unknown>", shown for a printer whose name is not known. */
const UNKNOWN = 2703;

/**
 * Finds out what the title, body, parameter and button elements of one notification say, and keeps a record of each
 * string in the order in which they were asked for.
 */
export class StringResolver {
  readonly #context: NotificationContext;
  readonly #budget: TextBudget;
  readonly #strings: ResolvedString[] = [];

  /** `documentLength` is the number of characters of the notification's document. */
  constructor(context: NotificationContext, documentLength: number) {
    this.#context = context;
    this.#budget = new TextBudget(documentLength);
  }

  get strings(): readonly ResolvedString[] {
    return this.#strings;
  }

  /**
   * The text of a title or body element ([MS-PAN] 2.2.7.1.3, 2.2.7.1.4).
   *
   * @throws {NoncomplianceError} for text beside stringID, text after a parameter, or neither text nor stringID.
   */
  displayed(element: XmlElement, path: string, section: string): string {
    const literal = textBeforeParameters(element, section);
    const stringId = integerAttribute(element, "stringID");
    if (stringId === null && literal === null)
      throw new NoncomplianceError(`element ${quote(element.name)} has neither text nor stringID`, section);
    if (stringId !== null && literal !== null)
      throw new NoncomplianceError(`element ${quote(element.name)} has text beside stringID`, section);
    const place = this.#strings.length;
    const params = childElements(element).map((child, i) => this.#parameter(child, `${path}.parameter[${i}]`));
    const found = stringId === null ? literally(literal ?? "") : this.#resource(resourceDll(element), stringId);
    const text = this.#insert(found, params);
    this.#strings.splice(place, 0, { path, stringId, dll: resourceDll(element), params, text, source: found.source });
    return text;
  }

  /** The label of a button that names a string resource ([MS-PAN] 2.2.7.3.1). */
  label(stringId: number, dll: string | null, path: string): string {
    const { text, source } = this.#resource(dll, stringId);
    this.#strings.push({ path, stringId, dll, params: [], text, source });
    return text;
  }

  /** [MS-PAN] 2.2.7.1.5; of an element with type="PrinterName" the other attributes are ignored. */
  #parameter(element: XmlElement, path: string): string {
    const type = element.attributes.get("type");
    const literal = isBlank(textOf(element)) ? null : textOf(element);
    const isPrinter = type === "PrinterName";
    if (isPrinter && literal !== null) throw new NoncomplianceError("a parameter has text beside type", "2.2.7.1.5");
    const stringId = isPrinter ? null : integerAttribute(element, "stringID");
    const dll = isPrinter ? null : resourceDll(element);
    const found = isPrinter ? this.#printerName() : this.#parameterText(type, literal, stringId, dll);
    this.#strings.push({ path, stringId, dll, params: [], ...found });
    return found.text;
  }

  #parameterText(type: string | undefined, literal: string | null, stringId: number | null, dll: string | null): Found {
    if (stringId !== null) {
      const found = this.#resource(dll, stringId);
      return found.source === "none" && literal !== null ? literally(literal) : found;
    }
    if (literal !== null) return literally(literal);
    // An unknown type is survived: something has to stand for what it names.
    if (type !== undefined) return { text: `[${type}]`, source: "none" };
    throw new NoncomplianceError("a parameter has neither text, stringID nor type", "2.2.7.1.5");
  }

  #printerName(): Found {
    const name = this.#context.printerName;
    return name === null ? { ...this.#resource(null, UNKNOWN), source: "none" } : literally(name);
  }

  #resource(dll: string | null, stringId: number): Found {
    const found = this.#context.strings.lookup(dll, stringId);
    if (found === null)
      return { text: dll === null ? `[string ${stringId}]` : `[string ${stringId} in ${dll}]`, source: "none" };
    return { text: this.#budget.spend(found.text), source: found.source };
  }

  /** A text that is not known shows its parameters. Only a string with tags, or with parameters for them, is a format: "50% full" stays what it is. */
  #insert(found: Found, params: readonly string[]): string {
    if (found.source === "none") return this.#budget.spend(withParameters(found.text, params));
    if (params.length === 0 && !hasInserts(found.text)) return found.text;
    return formatMessage(found.text, params, this.#budget);
  }
}

/** `[string 1234 in IHV.dll: "Tray 2", "A4"]`: of a text that is not known, at least what would be put into it. */
function withParameters(unresolved: string, params: readonly string[]): string {
  return params.length === 0 ? unresolved : `${unresolved.slice(0, -1)}: "${params.join('", "')}"]`;
}

function literally(text: string): Found {
  return { text, source: "literal" };
}

/** The text that a title or body starts with; null when that is white space only. */
function textBeforeParameters(element: XmlElement, section: string): string | null {
  let text = "";
  let parameters = 0;
  for (const item of element.content) {
    if (typeof item !== "string") {
      requireParameter(item, element, section);
      parameters++;
    } else if (parameters === 0) text += item;
    else if (!isBlank(item))
      throw new NoncomplianceError(`element ${quote(element.name)} has text after a parameter`, section);
  }
  return isBlank(text) ? null : text;
}

function requireParameter(item: XmlElement, element: XmlElement, section: string): void {
  if (!anyAsciiCase(item.name, "parameter"))
    throw new NoncomplianceError(`element ${quote(item.name)} cannot stand in ${quote(element.name)}`, section);
  requireNoElements(item, "2.2.7.1.5");
}
