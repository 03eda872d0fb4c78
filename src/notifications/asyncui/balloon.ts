import type { Balloon, BalloonAction, ResourceReference } from "../model.js";
import { NoncomplianceError } from "../noncompliance.js";
import { anyAsciiCase, atMostOne, childrenOf, one, requireNoElements } from "../structure.js";
import { textOf, type XmlElement } from "../xml/element.js";
import { integerAttribute, namedMethod } from "./attributes.js";
import type { StringResolver } from "./string-resolver.js";

/** AsyncUIBalloon ([MS-PAN] 2.2.7.2.2); a missing body is accepted ([MS-PAN] 3.2.3.4.1). */
export function decodeBalloon(element: XmlElement, resolver: StringResolver): Balloon {
  const section = "2.2.7.2.2";
  const children = childrenOf(element, ["title", "body", "action"], anyAsciiCase, section);
  const icon = iconOf(element, section);
  const action = atMostOne(children, "action", section);
  const title = resolver.displayed(one(children, "title", section), "title", "2.2.7.1.3");
  const bodies = decodeBodies(children.body, resolver);
  return {
    kind: "balloon",
    title,
    body: bodies.join(" "),
    bodies,
    icon,
    action: action === null ? null : decodeAction(action),
    strings: resolver.strings,
  };
}

/** Joined by single spaces they are the description of the event ([MS-PAN] 2.2.7.1.4). */
export function decodeBodies(elements: readonly XmlElement[], resolver: StringResolver): string[] {
  return elements.map((element, i) => resolver.displayed(element, `body[${i}]`, "2.2.7.1.4"));
}

function iconOf(element: XmlElement, section: string): ResourceReference | null {
  const id = integerAttribute(element, "iconID");
  if (id === null) return null;
  const dll = element.attributes.get("resourceDll");
  if (dll === undefined) throw new NoncomplianceError("iconID is given without resourceDll", section);
  return { id, dll };
}

/** [MS-PAN] 2.2.7.2.1 */
function decodeAction(element: XmlElement): BalloonAction {
  requireNoElements(element, "2.2.7.2.1");
  return { ...namedMethod(element, "2.2.7.2.1"), data: textOf(element) };
}
