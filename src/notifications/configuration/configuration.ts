import type { BidiKind, ConfigurationSetting, PrinterConfiguration } from "../model.js";
import { NoncomplianceError, quote } from "../noncompliance.js";
import { requireEmpty, requireNoElements, requireNoText, requiredAttribute } from "../structure.js";
import { decodeTerminatedText } from "../text.js";
import { childElements, textOf, type XmlElement } from "../xml/element.js";
import { parseXml } from "../xml/parse.js";
import { isReducedName, isSettingName } from "./names.js";
import { BIDI_KINDS } from "./values.js";

const KINDS = Object.keys(BIDI_KINDS) as BidiKind[];

/**
 * Decodes a printer configuration notification ([MS-PAN] 2.2.8.1): UTF-16LE with or without byte order mark and
 * terminating NUL. Elements may have any prefix. None of the leniencies for AsyncUI hold here ([MS-PAN] 3.2.4.4.1).
 *
 * @throws {NoncomplianceError} naming the rule that it breaks.
 * @throws {DecodeError} when it is not UTF-16LE or not well-formed XML.
 */
export function decodeConfiguration(bytes: Uint8Array): PrinterConfiguration {
  const { text, tail } = decodeTerminatedText(bytes);
  if (tail.some((byte) => byte !== 0))
    throw new NoncomplianceError(`${tail.length} bytes follow the terminating NUL of the document`, "2.2.8.1");
  const root = parseXml(text);
  if (root.name !== "Notification")
    throw new NoncomplianceError(`the root element is ${quote(root.name)}, not "Notification"`, "2.2.8.1");
  const printerName = onlyAttribute(root, "printerName", "2.2.8.1.1");
  requireNoText(root, "2.2.8.1.1");
  const settings: ConfigurationSetting[] = [];
  const reduced: string[] = [];
  for (const child of childElements(root)) {
    if (child.name === "Schema") settings.push(decodeSetting(child));
    else if (child.name === "ReducedSchema") reduced.push(decodeReduced(child));
    else throw new NoncomplianceError(`element ${quote(child.name)} cannot stand in "Notification"`, "2.2.8.1.1");
  }
  if (settings.length + reduced.length === 0)
    throw new NoncomplianceError('"Notification" holds no element "Schema" or "ReducedSchema"', "2.2.8.1");
  return { kind: "printerConfiguration", printerName, settings, reduced };
}

function decodeSetting(element: XmlElement): ConfigurationSetting {
  const section = "2.2.8.1.2";
  const name = onlyAttribute(element, "name", section);
  if (!isSettingName(name)) throw new NoncomplianceError(`${quote(name)} is no name of a setting`, section);
  requireNoText(element, section);
  const [value, ...others] = childElements(element);
  if (value === undefined || others.length > 0)
    throw new NoncomplianceError(`setting ${quote(name)} has ${childElements(element).length} values`, section);
  const kind = KINDS.find((each) => each === value.name);
  if (kind === undefined)
    throw new NoncomplianceError(`element ${quote(value.name)} is no value of a setting`, section);
  return { name, kind, ...decodeValue(value, kind) };
}

function decodeValue(element: XmlElement, kind: BidiKind): Pick<ConfigurationSetting, "value" | "bytes"> {
  const { section, type, read } = BIDI_KINDS[kind];
  requireNoElements(element, section);
  requireKnownAttributes(element, [], section);
  const text = textOf(element);
  const value = read(text);
  if (value === null) throw new NoncomplianceError(`${quote(text)} in ${kind} is no ${type}`, section);
  return value;
}

function decodeReduced(element: XmlElement): string {
  const name = onlyAttribute(element, "name", "2.2.8.1.10");
  if (!isReducedName(name)) throw new NoncomplianceError(`${quote(name)} is no name of a setting`, "2.2.8.1.10");
  requireEmpty(element, "2.2.8.1.10");
  return name;
}

function onlyAttribute(element: XmlElement, name: string, section: string): string {
  requireKnownAttributes(element, [name], section);
  return requiredAttribute(element, name, section);
}

/** The schema knows no others; those of a namespace (xmlns:, xsi:, xml:) are none of its business. */
function requireKnownAttributes(element: XmlElement, names: readonly string[], section: string): void {
  for (const name of element.attributes.keys()) {
    if (name !== "xmlns" && !name.includes(":") && !names.includes(name))
      throw new NoncomplianceError(`element ${quote(element.name)} has an attribute ${quote(name)}`, section);
  }
}
