import type { MessageBox, MessageBoxButton, ResourceReference } from "../model.js";
import { NoncomplianceError, quote } from "../noncompliance.js";
import { anyAsciiCase, atMostOne, childrenOf, one, requireEmpty, requiredAttribute } from "../structure.js";
import type { XmlElement } from "../xml/element.js";
import { integerAttribute, leadingDigits, leadingInteger, resourceDll } from "./attributes.js";
import { decodeBodies } from "./balloon.js";
import type { StringResolver } from "./string-resolver.js";

/** Most buttons of a message box ([MS-PAN] 2.2.7.3.2). */
const MAX_BUTTONS = 5;

/** The buttons with a name: what goes back for them ([MS-PAN] 2.2.7.4.1), and the default string on them. */
const NAMED_BUTTONS = [
  { id: "IDOK", replyValue: 1, stringId: 600 },
  { id: "IDCANCEL", replyValue: 2, stringId: 601 },
] as const;

/** AsyncUIMessageBox ([MS-PAN] 2.2.7.3.4); a missing body is accepted ([MS-PAN] 3.2.3.4.1). */
export function decodeMessageBox(element: XmlElement, resolver: StringResolver): MessageBox {
  const section = "2.2.7.3.4";
  const children = childrenOf(element, ["title", "bitmap", "body", "buttons"], anyAsciiCase, section);
  const bitmap = atMostOne(children, "bitmap", section);
  const buttons = one(children, "buttons", section);
  const title = resolver.displayed(one(children, "title", section), "title", "2.2.7.1.3");
  const bodies = decodeBodies(children.body, resolver);
  return {
    kind: "messageBox",
    title,
    body: bodies.join(" "),
    bodies,
    bitmap: bitmap === null ? null : decodeBitmap(bitmap),
    buttons: decodeButtons(buttons, resolver),
    strings: resolver.strings,
  };
}

/** [MS-PAN] 2.2.7.3.3 */
function decodeBitmap(element: XmlElement): ResourceReference {
  requireEmpty(element, "2.2.7.3.3");
  return { id: leadingInteger(requiredAttribute(element, "bitmapID", "2.2.7.3.3")), dll: resourceDll(element) };
}

/** [MS-PAN] 2.2.7.3.2 */
function decodeButtons(element: XmlElement, resolver: StringResolver): MessageBoxButton[] {
  const { button } = childrenOf(element, ["button"], anyAsciiCase, "2.2.7.3.2");
  if (button.length < 1 || button.length > MAX_BUTTONS)
    throw new NoncomplianceError(
      `a message box has 1 to ${MAX_BUTTONS} buttons, this one ${button.length}`,
      "2.2.7.3.2",
    );
  return button.map((each, i) => decodeButton(each, i, resolver));
}

/** [MS-PAN] 2.2.7.3.1 */
function decodeButton(element: XmlElement, position: number, resolver: StringResolver): MessageBoxButton {
  const section = "2.2.7.3.1";
  requireEmpty(element, section);
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
