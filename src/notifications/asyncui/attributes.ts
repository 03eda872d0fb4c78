import { NoncomplianceError, quote } from "../noncompliance.js";
import { anyAsciiCase, asciiLower, requiredAttribute } from "../structure.js";
import { textOf, type XmlElement } from "../xml/element.js";

/** Attributes of AsyncUI elements, with the leniencies of [MS-PAN] 3.2.3.4.1. */

/**
 * The digits of the integer at the start of a string, without leading zeros and `+`; anything behind it is discarded,
 * and a string that does not start with one counts as 0 ([MS-PAN] 3.2.3.4.1). White space before it is skipped.
 */
export function leadingDigits(text: string): string {
  const [, sign, digits] = /^[ \t\r\n]*([+-]?)0*(\d*)/.exec(text) ?? [];
  if (digits === undefined || digits === "") return "0";
  return sign === "-" ? `-${digits}` : digits;
}

/** The integer of {@link leadingDigits}; beyond ±(2^53 − 1), which no resource key is, the nearest one within. */
export function leadingInteger(text: string): number {
  const value = Number(leadingDigits(text));
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
}

/** The integer in an optional attribute. */
export function integerAttribute(element: XmlElement, name: string): number | null {
  const value = element.attributes.get(name);
  return value === undefined ? null : leadingInteger(value);
}

/** The resource file that an element names; null, as for an empty name, means the default resource file. */
export function resourceDll(element: XmlElement): string | null {
  const dll = element.attributes.get("resourceDll");
  return dll === undefined || dll === "" ? null : dll;
}

/**
 * The content of an action, customUI or customData element. MS-PAN knows text only, the documentation of drivers anything:
 * with elements in it, it is the XML as it is written between the tags.
 */
export function contentText(element: XmlElement): string {
  return element.content.every((item) => typeof item === "string") ? textOf(element) : element.source;
}

/** The method that an action, customUI or customData element names; only ever shown, never called. */
export interface NamedMethod {
  readonly dll: string;
  readonly entrypoint: string;
}

/**
 * Reads `dll` and `entrypoint`, which some senders spell `entryPoint`.
 *
 * @throws {NoncomplianceError} when one is missing, or `dll` holds a character that a driver-file name must not hold.
 */
export function namedMethod(element: XmlElement, section: string): NamedMethod {
  const dll = requiredAttribute(element, "dll", section);
  const forbidden = /[\\/?*<>"|:]/.exec(dll)?.[0];
  if (forbidden !== undefined)
    throw new NoncomplianceError(`driver-file name ${quote(dll)} holds the forbidden character ${forbidden}`, section);
  const spelling = [...element.attributes.keys()].find((name) => anyAsciiCase(name, "entrypoint")) ?? "entrypoint";
  const name = element.attributes.has("entrypoint") ? "entrypoint" : spelling;
  return { dll, entrypoint: requiredAttribute(element, name, section) };
}

/** `bidi`: "true" in any ASCII case, and every other string is "false" ([MS-PAN] 3.2.3.4.1); it must be there. */
export function bidi(element: XmlElement, section: string): boolean {
  return asciiLower(requiredAttribute(element, "bidi", section)) === "true";
}
