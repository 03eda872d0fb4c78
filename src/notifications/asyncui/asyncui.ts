import type { NotificationContext } from "../context.js";
import type { Balloon, CustomData, CustomUi, MessageBox } from "../model.js";
import { NoncomplianceError, quote } from "../noncompliance.js";
import { anyAsciiCase, asciiLower, childrenOf, one, requireNoText } from "../structure.js";
import { decodeTerminatedText } from "../text.js";
import { childElements, type XmlElement } from "../xml/element.js";
import { parseXml } from "../xml/parse.js";
import { decodeBalloon } from "./balloon.js";
import { decodeCustomData, decodeCustomUi } from "./custom.js";
import { decodeMessageBox } from "./message-box.js";
import { StringResolver } from "./string-resolver.js";

const SECTION = "2.2.7.1.1";

/**
 * Decodes an AsyncUI notification ([MS-PAN] 2.2.7): UTF-16LE with or without byte order mark and terminating NUL; only
 * custom data may have bytes behind that. Namespaces are not looked at, nor whether there is a `v1` element between the
 * root and `requestOpen`.
 *
 * @throws {NoncomplianceError} naming the rule that it breaks.
 * @throws {DecodeError} when it is not UTF-16LE or not well-formed XML.
 */
export function decodeAsyncUi(
  bytes: Uint8Array,
  context: NotificationContext,
): Balloon | MessageBox | CustomUi | CustomData {
  const { text, tail } = decodeTerminatedText(bytes);
  const request = requestOf(parseXml(text));
  const kind = asciiLower(request.name);
  if (kind === "customdata") return decodeCustomData(request, tail);
  if (tail.some((byte) => byte !== 0))
    throw new NoncomplianceError(`${tail.length} bytes follow the terminating NUL of the document`, "2.2.7.7");
  switch (kind) {
    case "balloonui":
      return decodeBalloon(request, new StringResolver(context, text.length));
    case "messageboxui":
      return decodeMessageBox(request, new StringResolver(context, text.length));
    case "customui":
      return decodeCustomUi(request);
    default:
      throw new NoncomplianceError(`element ${quote(request.name)} cannot stand in "requestOpen"`, SECTION);
  }
}

/** The only element in requestOpen. */
function requestOf(root: XmlElement): XmlElement {
  if (!anyAsciiCase(root.name, "asyncPrintUIRequest"))
    throw new NoncomplianceError(`the root element is ${quote(root.name)}, not "asyncPrintUIRequest"`, SECTION);
  const { v1, requestOpen } = childrenOf(root, ["v1", "requestOpen"], anyAsciiCase, SECTION);
  if (v1.length + requestOpen.length !== 1)
    throw new NoncomplianceError('"asyncPrintUIRequest" holds exactly one element "v1"', SECTION);
  const [version] = v1;
  const opened =
    version === undefined
      ? requestOpen[0]
      : one(childrenOf(version, ["requestOpen"], anyAsciiCase, SECTION), "requestOpen", SECTION);
  if (opened === undefined) throw new NoncomplianceError('element "requestOpen" is missing', SECTION);
  requireNoText(opened, SECTION);
  const [request, ...others] = childElements(opened);
  if (request === undefined || others.length > 0)
    throw new NoncomplianceError(
      `"requestOpen" holds exactly one element, not ${others.length + (request ? 1 : 0)}`,
      SECTION,
    );
  return request;
}
