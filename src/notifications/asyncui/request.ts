import type { Breaches } from "../noncompliance.js";
import type { XmlElement } from "../xml/element.js";
import type { StringResolver } from "./string-resolver.js";

/** What the decoders of the kinds are given. */
export interface Request {
  /** The element that names the kind. */
  readonly element: XmlElement;
  readonly breaches: Breaches;
  readonly resolver: StringResolver;
  /** What follows the terminating NUL of the document. */
  readonly tail: Uint8Array;
}
