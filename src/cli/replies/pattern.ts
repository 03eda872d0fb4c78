import { createContext, Script } from "node:vm";
import { PanwatchError } from "../../errors.js";

/** A regular expression looks at this many UTF-16 code units of a text; a server may send megabytes. */
const MAX_MATCHED = 64 * 1024;

/** How long the expressions may look at one notification together: some need years for a text that somebody has chosen. */
const PATIENCE_MS = 250;

/** How long they may at least, however many such texts have come before: a good expression needs a fraction of it. */
const LEAST_PATIENCE_MS = 50;

/** The part of the time that may be lost with expressions that take too long. */
const WASTE = 0.1;

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
  const parts = typeof value === "string" ? /^\/(.+)\/([A-Za-z]*)$/s.exec(value) : null;
  if (parts === null) return { kind: "value", value };
  const [source, expression = "", flags = ""] = parts;
  const [wrong] = /[^dgimsuvy]/.exec(flags) ?? [];
  if (wrong !== undefined) throw new SyntaxError(`regular expressions have no flag ${wrong}`);
  return { kind: "expression", source, expression: new RegExp(expression, flags) };
}

/** Where searches happen. */
const searcher = { script: new Script("text.search(expression) >= 0"), context: createContext() };

/**
 * The time that the expressions have for one notification. Whoever sends many texts that take too long gets less and
 * less of it, so that everything else, the wish to leave first of all, is heard in time.
 */
export class Patience {
  readonly #ms = Math.max(LEAST_PATIENCE_MS, PATIENCE_MS - wasted());
  readonly #end = worked() + this.#ms;

  /**
   * Whether a field has what the pattern asks for. A field that the notification does not have is null.
   *
   * @throws {PanwatchError} `reply` when the time is over.
   */
  matches(pattern: Pattern, field: string | boolean | null): boolean {
    if (pattern.kind === "value")
      return field === null ? pattern.value === null : String(field) === String(pattern.value);
    return field !== null && this.#search(pattern, String(field).slice(0, MAX_MATCHED));
  }

  /** A search in this thread that can be interrupted: only a script with a time-out can. */
  #search(pattern: Pattern & { kind: "expression" }, text: string): boolean {
    const { source, expression } = pattern;
    Object.assign(searcher.context, { text, expression });
    try {
      const timeout = Math.max(1, Math.ceil(this.#end - worked()));
      return searcher.script.runInContext(searcher.context, { timeout }) as boolean;
    } catch (error) {
      // The time-out goes by the clock, which runs on while the machine does other things.
      if (worked() < this.#end) return this.#search(pattern, text);
      waste = { ms: wasted() + this.#ms, at: performance.now() };
      throw new PanwatchError(
        "reply",
        `The regular expression ${source} took longer than ${Math.round(this.#ms)} ms.`,
        {
          cause: error,
          hint: "Avoid repeated groups that can match the same text in several ways, such as (a+)+.",
        },
      );
    }
  }
}

/** How long the processor has worked for this process, in milliseconds. */
function worked(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What searches that took too long have cost, and when that was last reckoned. */
let waste = { ms: 0, at: 0 };

/** What of it is not made good yet by the time that has passed. */
function wasted(): number {
  return Math.max(0, waste.ms - WASTE * (performance.now() - waste.at));
}
