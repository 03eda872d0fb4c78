import type { NotificationContext } from "../context.js";
import { NOTIFICATION_KINDS, type KindOf, type NotificationOf } from "../kinds.js";
import { Breaches, NoncomplianceError, quote } from "../noncompliance.js";
import { anyAsciiCase, asciiLower, Children, misplaced, requireNoText, type Rules } from "../structure.js";
import { decodeTerminatedText } from "../text.js";
import { childElements, type XmlElement } from "../xml/element.js";
import { parseXml } from "../xml/parse.js";
import { decodeBalloon } from "./balloon.js";
import { decodeCustomData, decodeCustomUi } from "./custom.js";
import { decodeMessageBox } from "./message-box.js";
import type { Request } from "./request.js";
import { StringResolver } from "./string-resolver.js";

const SECTION = "2.2.7.1.1";

type Kind = KindOf<"asyncui">;
type Decoder = (request: Request) => NotificationOf<Kind>;

const DECODERS: Readonly<Record<Kind, Decoder>> = {
  balloon: decodeBalloon,
  messageBox: decodeMessageBox,
  customUi: decodeCustomUi,
  customData: decodeCustomData,
};

/** The decoders by the name of their element, as it is and in lower case. */
const BY_ELEMENT: ReadonlyMap<string, Decoder> = new Map(
  Object.entries(DECODERS).flatMap(([kind, decode]) => {
    const { element } = NOTIFICATION_KINDS[kind as Kind];
    return [element, asciiLower(element)].map((name) => [name, decode] as const);
  }),
);

/**
 * Decodes an AsyncUI notification ([MS-PAN] 2.2.7): UTF-16LE with or without byte order mark and terminating NUL. What
 * follows that is the data of custom data, and elsewhere the rest of a buffer. Namespaces are not looked at, nor whether
 * there is a `v1` element between the root and `requestOpen`.
 *
 * @throws {NoncomplianceError} naming the rule because of which it cannot be read.
 * @throws {DecodeError} when it is not UTF-16LE or not well-formed XML.
 */
export function decodeAsyncUi(bytes: Uint8Array, context: NotificationContext): NotificationOf<Kind> {
  const { text, tail } = decodeTerminatedText(bytes);
  const breaches = new Breaches();
  const element = requestOf(parseXml(text), breaches);
  const decode = decoderOf(element);
  if (decode === undefined)
    throw new NoncomplianceError(`element ${quote(element.name)} cannot stand in "requestOpen"`, SECTION);
  return decode({ element, breaches, resolver: new StringResolver(context, text.length, breaches), tail });
}

/** The element in requestOpen that names the kind. */
function requestOf(root: XmlElement, breaches: Breaches): XmlElement {
  const rules = { sameName: anyAsciiCase, section: SECTION, breaches };
  if (!anyAsciiCase(root.name, "asyncPrintUIRequest"))
    throw new NoncomplianceError(`the root element is ${quote(root.name)}, not "asyncPrintUIRequest"`, SECTION);
  const hasVersion = childElements(root).some(({ name }) => anyAsciiCase(name, "v1"));
  const version = hasVersion ? new Children(root, ["v1"], rules).one("v1") : root;
  const children = new Children(version, ["requestOpen", "requestClose"], rules);
  if (children.atMostOne("requestClose") !== null)
    throw new NoncomplianceError('"requestClose" stands in replies, not in requests', SECTION);
  const opened = children.one("requestOpen");
  requireNoText(opened, SECTION);
  return onlyKind(opened, rules);
}

/** The element of a kind, or the one that stands in its place. */
function onlyKind(opened: XmlElement, rules: Rules): XmlElement {
  const elements = childElements(opened);
  const kind = elements.find(decoderOf) ?? elements[0];
  if (kind === undefined) throw new NoncomplianceError('"requestOpen" holds no element', SECTION);
  for (const other of elements) {
    if (other === kind) continue;
    if (decoderOf(other) === undefined) misplaced(other, opened, rules);
    else if (rules.sameName(other.name, kind.name))
      rules.breaches.add(() => `element ${quote(other.name)} appears more than once`, SECTION);
    else throw new NoncomplianceError(`"requestOpen" holds both ${quote(kind.name)} and ${quote(other.name)}`, SECTION);
  }
  return kind;
}

function decoderOf({ name }: XmlElement): Decoder | undefined {
  return BY_ELEMENT.get(name) ?? BY_ELEMENT.get(asciiLower(name));
}
