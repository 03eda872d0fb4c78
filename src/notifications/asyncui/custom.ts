import type { CustomData, CustomUi } from "../model.js";
import { requireEmpty, requireNoElements } from "../structure.js";
import { textOf, type XmlElement } from "../xml/element.js";
import { bidi, namedMethod } from "./attributes.js";

/** AsyncUICustomUI ([MS-PAN] 2.2.7.5.1). */
export function decodeCustomUi(element: XmlElement): CustomUi {
  const section = "2.2.7.5.1";
  requireNoElements(element, section);
  return { kind: "customUi", ...namedMethod(element, section), bidi: bidi(element, section), text: textOf(element) };
}

/** AsyncUICustomData ([MS-PAN] 2.2.7.7.1); `data` is what follows the NUL of the document. */
export function decodeCustomData(element: XmlElement, data: Uint8Array): CustomData {
  const section = "2.2.7.7.1";
  requireEmpty(element, section);
  return { kind: "customData", ...namedMethod(element, section), bidi: bidi(element, section), data };
}
