import type { CustomData, CustomUi } from "../model.js";
import { isBlank } from "../xml/characters.js";
import { bidi, contentText, namedMethod } from "./attributes.js";
import type { Request } from "./request.js";

/** AsyncUICustomUI ([MS-PAN] 2.2.7.5.1). */
export function decodeCustomUi({ element, breaches }: Request): CustomUi {
  const section = "2.2.7.5.1";
  const { problem } = breaches;
  const text = contentText(element);
  return { kind: "customUi", ...namedMethod(element, section), bidi: bidi(element, section), text, problem };
}

/** AsyncUICustomData ([MS-PAN] 2.2.7.7.1); `data` is what follows the NUL of the document. */
export function decodeCustomData({ element, breaches, tail }: Request): CustomData {
  const section = "2.2.7.7.1";
  const { problem } = breaches;
  const content = contentText(element);
  const text = isBlank(content) ? null : content;
  return {
    kind: "customData",
    ...namedMethod(element, section),
    bidi: bidi(element, section),
    text,
    data: tail,
    problem,
  };
}
