import { createContext, Script, type Context } from "node:vm";
import { PanwatchError } from "../../errors.js";

/** A regular expression looks at this many UTF-16 code units of a text; a server may send megabytes. */
const MAX_MATCHED = 64 * 1024;

/** How long one match may take: some expressions need years for a text that somebody has chosen. */
const MATCH_MS = 250;

/** What a field of a notification must look like: the whole text, or what a regular expression finds. */
export type Pattern =
  | { readonly kind: "value"; readonly value: string | number | boolean | null }
  | { readonly kind: "expression"; readonly source: string; readonly expression: RegExp };

/**
 * Reads `/regex/flags` as a regular expression, and everything else as the whole value.
 *
 * @throws {SyntaxError} when the expression or its flags are wrong.
 */
export function parsePattern(value: string | number | boolean | null): Pattern {
  const parts = typeof value === "string" ? /^\/(.+)\/([a-z]*)$/s.exec(value) : null;
  if (parts === null) return { kind: "value", value };
  const [source, expression = "", flags = ""] = parts;
  return { kind: "expression", source, expression: new RegExp(expression, flags) };
}

/**
 * Whether a field has what the pattern asks for. A field that the notification does not have is null.
 *
 * @throws {PanwatchError} `reply` when the regular expression takes too long.
 */
export function matches(pattern: Pattern, field: string | boolean | null): boolean {
  if (pattern.kind === "value")
    return field === null ? pattern.value === null : String(field) === String(pattern.value);
  if (field === null) return false;
  return search(pattern.source, pattern.expression, String(field).slice(0, MAX_MATCHED));
}

/** Where searches happen; made when it is first needed. */
let searcher: { readonly script: Script; readonly context: Context } | null = null;

/** A search in this thread that can be interrupted: only a script with a time-out can. */
function search(source: string, expression: RegExp, text: string): boolean {
  searcher ??= { script: new Script("text.search(expression) >= 0"), context: createContext() };
  Object.assign(searcher.context, { text, expression });
  try {
    return searcher.script.runInContext(searcher.context, { timeout: MATCH_MS }) as boolean;
  } catch (error) {
    throw new PanwatchError("reply", `The regular expression ${source} took longer than ${MATCH_MS} ms.`, {
      cause: error,
      hint: "Avoid repeated groups that can match the same text in several ways, such as (a+)+.",
    });
  }
}
