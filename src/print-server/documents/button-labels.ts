import { DEFAULT_STRINGS } from "../../notifications/strings/default-strings.js";

/** A string resource: of the default resource file where there is no dll. */
export interface StringReference {
  readonly stringId: number;
  readonly dll: string | null;
}

/** The resource file that holds labels which are no default strings. It exists only as a string table. */
export const LABELS_DLL = "serve.dll";
const FIRST_ID = 20_000;

/**
 * Message boxes name the labels of their buttons only as string resources ([MS-PAN] 2.2.7.3.1). A label that is a default
 * string is named as such; any other gets an identifier in a made-up resource file, the same as long as this lives.
 */
export class ButtonLabels {
  readonly #ids = new Map<string, number>();

  reference(label: string): StringReference {
    const known = DEFAULT_IDS.get(label);
    if (known !== undefined) return { stringId: known, dll: null };
    const stringId = this.#ids.get(label) ?? FIRST_ID + this.#ids.size;
    this.#ids.set(label, stringId);
    return { stringId, dll: LABELS_DLL };
  }

  /** The labels that got identifiers, as the string table that `--resources` takes; null while there are none. */
  table(): Readonly<Record<string, Readonly<Record<string, string>>>> | null {
    if (this.#ids.size === 0) return null;
    return { [LABELS_DLL]: Object.fromEntries([...this.#ids].map(([label, id]) => [String(id), label])) };
  }
}

/** Default strings by text, the first of equal ones; those with parameters are no labels. */
const DEFAULT_IDS = new Map(
  [...DEFAULT_STRINGS].reverse().flatMap(([id, text]) => (text.includes("%") ? [] : [[text, id] as const])),
);
