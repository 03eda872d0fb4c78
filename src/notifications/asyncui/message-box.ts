import type { MessageBox, MessageBoxButton, ResourceReference } from "../model.js";
import { type Breaches, NoncomplianceError, quote } from "../noncompliance.js";
import { anyAsciiCase, Children, requireEmpty, requiredAttribute } from "../structure.js";
import type { XmlElement } from "../xml/element.js";
import { integerAttribute, leadingDigits, leadingInteger, resourceDll } from "./attributes.js";
import { decodeBodies } from "./balloon.js";
import type { Request } from "./request.js";
import type { StringResolver } from "./string-resolver.js";

/** Most buttons of a message box ([MS-PAN] 2.2.7.3.2). */
const MAX_BUTTONS = 5;

/** The buttons with a name: what goes back for them ([MS-PAN] 2.2.7.4.1), and the default string on them. */
const NAMED_BUTTONS = [
  { id: "IDOK", replyValue: 1, stringId: 600 },
  { id: "IDCANCEL", replyValue: 2, stringId: 601 },
] as const;

/** AsyncUIMessageBox ([MS-PAN] 2.2.7.3.4); a missing body is accepted ([MS-PAN] 3.2.3.4.1). */
export function decodeMessageBox({ element, breaches, resolver }: Request): MessageBox {
  const rules = { sameName: anyAsciiCase, section: "2.2.7.3.4", breaches };
  const children = new Children(element, ["title", "bitmap", "body", "buttons"], rules);
  const bitmap = children.atMostOne("bitmap");
  const title = resolver.displayed(children.one("title"), "title", "2.2.7.1.3");
  const bodies = decodeBodies(children.all("body"), resolver);
  return {
    kind: "messageBox",
    title,
    body: bodies.join(" "),
    bodies,
    bitmap: bitmap === null ? null : decodeBitmap(bitmap, breaches),
    buttons: decodeButtons(children.one("buttons"), resolver, breaches),
    strings: resolver.strings,
    problem: breaches.problem,
  };
}

/** [MS-PAN] 2.2.7.3.3 */
function decodeBitmap(element: XmlElement, breaches: Breaches): ResourceReference {
  const section = "2.2.7.3.3";
  requireEmpty(element, { section, breaches });
  return { id: leadingInteger(requiredAttribute(element, "bitmapID", section)), dll: resourceDll(element) };
}

/** [MS-PAN] 2.2.7.3.2: those beyond the fifth have no place. */
function decodeButtons(element: XmlElement, resolver: StringResolver, breaches: Breaches): MessageBoxButton[] {
  const section = "2.2.7.3.2";
  const buttons = new Children(element, ["button"], { sameName: anyAsciiCase, section, breaches }).all("button");
  const problem = `a message box has 1 to ${MAX_BUTTONS} buttons, this one ${buttons.length}`;
  if (buttons.length === 0) throw new NoncomplianceError(problem, section);
  if (buttons.length > MAX_BUTTONS) breaches.add(() => problem, section);
  return buttons.slice(0, MAX_BUTTONS).map((button, i) => decodeButton(button, i, resolver, breaches));
}

/** [MS-PAN] 2.2.7.3.1 */
function decodeButton(
  element: XmlElement,
  position: number,
  resolver: StringResolver,
  breaches: Breaches,
): MessageBoxButton {
  const section = "2.2.7.3.1";
  requireEmpty(element, { section, breaches });
  const index = position + 1;
  const path = `button[${position}]`;
  const written = requiredAttribute(element, "buttonID", section);
  const named = NAMED_BUTTONS.find(({ id }) => anyAsciiCase(id, written));
  if (named !== undefined) {
    const { id, replyValue, stringId } = named;
    return { index, id, replyValue, label: resolver.label(stringId, null, path) };
  }
  const stringId = integerAttribute(element, "stringID");
  if (stringId === null) throw new NoncomplianceError(`button ${quote(written)} lacks attribute "stringID"`, section);
  const label = resolver.label(stringId, resourceDll(element), path);
  return { index, id: leadingDigits(written), replyValue: leadingInteger(written), label };
}
