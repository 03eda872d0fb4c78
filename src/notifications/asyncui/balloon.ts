import type { Balloon, BalloonAction, ResourceReference } from "../model.js";
import { anyAsciiCase, Children } from "../structure.js";
import { type XmlElement } from "../xml/element.js";
import { contentText, integerAttribute, namedMethod, resourceDll } from "./attributes.js";
import type { Request } from "./request.js";
import type { StringResolver } from "./string-resolver.js";

/** AsyncUIBalloon ([MS-PAN] 2.2.7.2.2); a missing body is accepted ([MS-PAN] 3.2.3.4.1). */
export function decodeBalloon({ element, breaches, resolver }: Request): Balloon {
  const rules = { sameName: anyAsciiCase, section: "2.2.7.2.2", breaches };
  const children = new Children(element, ["title", "body", "action"], rules);
  const action = children.atMostOne("action");
  const title = resolver.displayed(children.one("title"), "title", "2.2.7.1.3");
  const bodies = decodeBodies(children.all("body"), resolver);
  return {
    kind: "balloon",
    title,
    body: bodies.join(" "),
    bodies,
    icon: iconOf(element),
    action: action === null ? null : decodeAction(action),
    strings: resolver.strings,
    problem: breaches.problem,
  };
}

/** Joined by single spaces they are the description of the event ([MS-PAN] 2.2.7.1.4). */
export function decodeBodies(elements: readonly XmlElement[], resolver: StringResolver): string[] {
  return elements.map((element, i) => resolver.displayed(element, `body[${i}]`, "2.2.7.1.4"));
}

/** Without resourceDll, which MS-PAN demands, it is taken from the default resource file, as everything else is. */
function iconOf(element: XmlElement): ResourceReference | null {
  const id = integerAttribute(element, "iconID");
  return id === null ? null : { id, dll: resourceDll(element) };
}

/** [MS-PAN] 2.2.7.2.1 */
function decodeAction(element: XmlElement): BalloonAction {
  return { ...namedMethod(element, "2.2.7.2.1"), data: contentText(element) };
}
