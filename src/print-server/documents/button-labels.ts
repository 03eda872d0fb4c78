import { DEFAULT_STRINGS } from "../../notifications/strings/default-strings.js";
import { INLINE_TEXT_PREFIX } from "../../notifications/strings/string-tables.js";

/** A string resource: of the default resource file where there is no dll. */
export interface StringReference {
  readonly stringId: number;
  readonly dll: string | null;
}

/**
 * The string resource for a label: message boxes name the labels of their buttons in no other way ([MS-PAN] 2.2.7.3.1). One
 * that is a default string is named as such; for any other the name of the resource file is the text itself.
 */
export function labelReference(label: string): StringReference {
  const known = DEFAULT_IDS.get(label);
  return known === undefined ? { stringId: 1, dll: INLINE_TEXT_PREFIX + label } : { stringId: known, dll: null };
}

/** Default strings by text, the first of equal ones; those with parameters are no labels. */
const DEFAULT_IDS = new Map(
  [...DEFAULT_STRINGS].reverse().flatMap(([id, text]) => (text.includes("%") ? [] : [[text, id] as const])),
);
