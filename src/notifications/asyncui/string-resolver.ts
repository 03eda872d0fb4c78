import type { NotificationContext } from "../context.js";
import type { ResolvedString, TextSource } from "../model.js";
import { type Breaches, NoncomplianceError, quote } from "../noncompliance.js";
import { formatMessage, hasInserts } from "../strings/format-message.js";
import { TextBudget } from "../strings/text-budget.js";
import { anyAsciiCase, misplaced, noElements } from "../structure.js";
import { isBlank } from "../xml/characters.js";
import { textOf, type XmlElement } from "../xml/element.js";
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
  readonly #breaches: Breaches;
  readonly #budget: TextBudget;
  readonly #strings: ResolvedString[] = [];

  /** `documentLength` is the number of characters of the notification's document. */
  constructor(context: NotificationContext, documentLength: number, breaches: Breaches) {
    this.#context = context;
    this.#breaches = breaches;
    this.#budget = new TextBudget(documentLength);
  }

  get strings(): readonly ResolvedString[] {
    return this.#strings;
  }

  /**
   * The text of a title or body element ([MS-PAN] 2.2.7.1.3, 2.2.7.1.4). White space beside a stringID is no text.
   *
   * @throws {NoncomplianceError} for text beside stringID, or text after a parameter.
   */
  displayed(element: XmlElement, path: string, section: string): string {
    const { text: written, parameters } = this.#content(element, section);
    const stringId = integerAttribute(element, "stringID");
    if (stringId !== null && !isBlank(written))
      throw new NoncomplianceError(`element ${quote(element.name)} has text beside stringID`, section);
    const inserts = parameters.map((child, i) => this.#parameter(child, `${path}.parameter[${i}]`));
    const params = inserts.map((insert) => insert.text);
    const dll = resourceDll(element);
    const found = stringId === null ? literally(written) : this.#resource(dll, stringId);
    const text = this.#insert(found, params);
    this.#strings.push({ path, stringId, dll, params, text, source: found.source });
    for (const insert of inserts) this.#strings.push(insert);
    return text;
  }

  /** The label of a button that names a string resource ([MS-PAN] 2.2.7.3.1). */
  label(stringId: number, dll: string | null, path: string): string {
    const { text, source } = this.#resource(dll, stringId);
    this.#strings.push({ path, stringId, dll, params: [], text, source });
    return text;
  }

  /** [MS-PAN] 2.2.7.1.5; of an element with type="PrinterName" the other attributes are ignored. */
  #parameter(element: XmlElement, path: string): ResolvedString {
    noElements(element, { section: "2.2.7.1.5", breaches: this.#breaches });
    const type = element.attributes.get("type");
    const literal = textOf(element);
    const isPrinter = type === "PrinterName";
    if (isPrinter && !isBlank(literal)) throw new NoncomplianceError("a parameter has text beside type", "2.2.7.1.5");
    const stringId = isPrinter ? null : integerAttribute(element, "stringID");
    const dll = isPrinter ? null : resourceDll(element);
    const found = isPrinter ? this.#printerName() : this.#parameterText(type, literal, stringId, dll);
    return { path, stringId, dll, params: [], text: found.text, source: found.source };
  }

  /** A blank one that names nothing else is that text; one of an unknown type needs something that stands for it. */
  #parameterText(type: string | undefined, literal: string, stringId: number | null, dll: string | null): Found {
    const found = stringId === null ? null : this.#resource(dll, stringId);
    if (found !== null && (found.source !== "none" || isBlank(literal))) return found;
    return type !== undefined && isBlank(literal) ? { text: `[${type}]`, source: "none" } : literally(literal);
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

  /** The text that a title or body starts with, and its parameters. */
  #content(element: XmlElement, section: string): { text: string; parameters: XmlElement[] } {
    let text = "";
    const parameters: XmlElement[] = [];
    for (const item of element.content) {
      if (typeof item !== "string") {
        if (anyAsciiCase(item.name, "parameter")) parameters.push(item);
        else misplaced(item, element, { section, breaches: this.#breaches });
      } else if (parameters.length === 0) text += item;
      else if (!isBlank(item))
        throw new NoncomplianceError(`element ${quote(element.name)} has text after a parameter`, section);
    }
    return { text, parameters };
  }

  /**
   * A text that is not known shows its parameters. Only a string with tags, or with parameters for them, is a format:
   * "50% full" stays what it is.
   */
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
