import type { BidiKind, ConfigurationSetting, PrinterConfiguration } from "../model.js";
import { Breaches, NoncomplianceError, quote } from "../noncompliance.js";
import { misplaced, requireNoText, requiredAttribute } from "../structure.js";
import { decodeTerminatedText } from "../text.js";
import { isBlank } from "../xml/characters.js";
import { childElements, textOf, type XmlElement } from "../xml/element.js";
import { parseXml } from "../xml/parse.js";
import { isReducedName, isSettingName } from "./names.js";
import { BIDI_KINDS } from "./values.js";

const SECTION = "2.2.8.1.1";

/**
 * Decodes a printer configuration notification ([MS-PAN] 2.2.8.1): UTF-16LE with or without byte order mark and
 * terminating NUL, which the rest of a buffer may follow. Elements may have any prefix. None of the leniencies for AsyncUI
 * hold here ([MS-PAN] 3.2.4.4.1); but an odd setting carries its own problem and does not cost the others.
 *
 * @throws {NoncomplianceError} naming the rule because of which it cannot be read.
 * @throws {DecodeError} when it is not UTF-16LE or not well-formed XML.
 */
export function decodeConfiguration(bytes: Uint8Array): PrinterConfiguration {
  const root = parseXml(decodeTerminatedText(bytes).text);
  if (root.name !== "Notification")
    throw new NoncomplianceError(`the root element is ${quote(root.name)}, not "Notification"`, "2.2.8.1");
  const printerName = requiredAttribute(root, "printerName", SECTION);
  requireNoText(root, SECTION);
  const breaches = new Breaches();
  noOtherAttributes(root, ["printerName"], SECTION, breaches);
  const settings: ConfigurationSetting[] = [];
  const reduced: string[] = [];
  for (const child of childElements(root)) {
    if (child.name === "Schema") settings.push(decodeSetting(child));
    else if (child.name === "ReducedSchema") decodeReduced(child, settings, reduced);
    else misplaced(child, root, { section: SECTION, breaches });
  }
  if (settings.length + reduced.length === 0)
    throw new NoncomplianceError('"Notification" holds no element "Schema" or "ReducedSchema"', "2.2.8.1");
  return { kind: "printerConfiguration", printerName, settings, reduced, problem: breaches.problem };
}

/** [MS-PAN] 2.2.8.1.2 */
function decodeSetting(element: XmlElement): ConfigurationSetting {
  const section = "2.2.8.1.2";
  const breaches = new Breaches();
  const name = nameOf(element, isSettingName, section, breaches);
  const elements = childElements(element);
  if (elements.length !== 1) breaches.add(() => `the setting has ${elements.length} values`, section);
  const [value] = elements;
  const read = value === undefined ? NO_VALUE : decodeValue(value, breaches);
  return { name, kind: value?.name ?? null, ...read, problem: breaches.problem };
}

const NO_VALUE = { value: null, bytes: null };

function decodeValue(element: XmlElement, breaches: Breaches): Pick<ConfigurationSetting, "value" | "bytes"> {
  if (!isBidiKind(element.name)) {
    breaches.add(() => `element ${quote(element.name)} is no value of a setting`, "2.2.8.1.2");
    return NO_VALUE;
  }
  const { section, type, read } = BIDI_KINDS[element.name];
  const [child] = childElements(element);
  if (child !== undefined) misplaced(child, element, { section, breaches });
  noOtherAttributes(element, [], section, breaches);
  const text = textOf(element);
  const value = read(text);
  if (value === null) breaches.add(() => `${quote(text)} in ${element.name} is no ${type}`, section);
  return value ?? NO_VALUE;
}

/** [MS-PAN] 2.2.8.1.10: a name among the reduced ones; one that is odd stands among the settings, with its problem. */
function decodeReduced(element: XmlElement, settings: ConfigurationSetting[], reduced: string[]): void {
  const section = "2.2.8.1.10";
  const breaches = new Breaches();
  const name = nameOf(element, isReducedName, section, breaches);
  const [child] = childElements(element);
  if (child !== undefined) misplaced(child, element, { section, breaches });
  const { problem } = breaches;
  if (name !== null && problem === null) reduced.push(name);
  else settings.push({ name, kind: null, ...NO_VALUE, problem });
}

/** The name of a Schema or ReducedSchema element, which holds no text and no other attribute. */
function nameOf(
  element: XmlElement,
  isName: (name: string) => boolean,
  section: string,
  breaches: Breaches,
): string | null {
  const name = element.attributes.get("name") ?? null;
  if (name === null) breaches.add(() => `element ${quote(element.name)} lacks attribute "name"`, section);
  else if (!isName(name)) breaches.add(() => `${quote(name)} is no name of a setting`, section);
  noOtherAttributes(element, ["name"], section, breaches);
  const text = textOf(element);
  if (!isBlank(text)) breaches.add(() => `element ${quote(element.name)} holds text ${quote(text)}`, section);
  return name;
}

/** The schema knows no others; those of a namespace (xmlns:, xsi:, xml:) are none of its business. */
function noOtherAttributes(element: XmlElement, names: readonly string[], section: string, breaches: Breaches): void {
  for (const name of element.attributes.keys()) {
    if (name !== "xmlns" && !name.includes(":") && !names.includes(name))
      breaches.add(() => `element ${quote(element.name)} has an attribute ${quote(name)}`, section);
  }
}

function isBidiKind(name: string): name is BidiKind {
  return Object.hasOwn(BIDI_KINDS, name);
}
