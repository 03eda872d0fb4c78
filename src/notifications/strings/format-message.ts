import { convert, leadingInteger, MAX_WIDTH, type Conversion } from "./printf.js";
import type { TextBudget } from "./text-budget.js";

/**
 * One escape sequence of the FormatMessage syntax: an insert `%1` to `%99`, with or without `!printf format!`; `%0`; or
 * `%` and any other character. What looks like a format and is none (`Jam in %1!`) is text.
 */
const SEQUENCE =
  /%(?:([1-9]\d?)(?:!([-+ #0]*)(\*|\d{1,9})?(?:\.(\*|\d{0,9}))?(hh|h|ll|l|w|I64|I32|I)?([diuxXocCsSp])!)?|([\s\S]))/y;

/** What the sequences without an insert stand for; any other character after `%` stands for itself. */
const PLAIN: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["b", " "],
]);

/**
 * Replaces the position parameter replacement tags of a string ([MS-PAN] 2.2.6, 2.2.7.1.3) and the other sequences of the
 * syntax of FormatMessage, from left to right; what was inserted is not looked at again. A tag without its parameter
 * stays as it is. `%0` ends the text.
 *
 * @throws {PanwatchError} `decode` when the budget is spent.
 */
export function formatMessage(text: string, inserts: readonly string[], budget: TextBudget): string {
  const out: string[] = [];
  const values = inserts.map((insert) => new Insert(insert));
  for (let at = 0; at < text.length;) {
    const percent = text.indexOf("%", at);
    out.push(text.slice(at, percent === -1 ? text.length : percent));
    if (percent === -1) break;
    const match = sequenceAt(text, percent);
    if (match?.[7] === "0") break;
    out.push(match === null ? "%" : budget.spend(expand(match, values)));
    at = percent + (match?.[0].length ?? 1);
  }
  return out.join("");
}

/** A parameter. Its integer is read once: a long one may be named many times. */
class Insert {
  readonly text: string;
  #integer: bigint | null = null;

  constructor(text: string) {
    this.text = text;
  }

  get integer(): bigint {
    return (this.#integer ??= leadingInteger(this.text));
  }
}

/** Whether a string holds a position parameter replacement tag. */
export function hasInserts(text: string): boolean {
  for (let at = text.indexOf("%"); at !== -1;) {
    const match = sequenceAt(text, at);
    if (match?.[1] !== undefined) return true;
    at = text.indexOf("%", at + (match?.[0].length ?? 1));
  }
  return false;
}

function sequenceAt(text: string, at: number): RegExpExecArray | null {
  SEQUENCE.lastIndex = at;
  return SEQUENCE.exec(text);
}

function expand(match: RegExpExecArray, inserts: readonly Insert[]): string {
  const [whole, number, flags, width, precision, size, type, plain] = match;
  if (plain !== undefined) return PLAIN.get(plain) ?? plain;
  // `%1!*.*s!` takes its width from insert 1, its precision from insert 2 and its value from insert 3.
  let next = Number(number) - 1;
  const conversion: Conversion = {
    flags: flags ?? "",
    width: width === "*" ? starred(inserts[next++]) : decimal(width),
    precision: precision === "*" ? starred(inserts[next++]) : precision === "" ? 0 : decimal(precision),
    size: size ?? "",
    type: type ?? "s",
  };
  const value = inserts[next];
  return value === undefined ? whole : convert(value, conversion);
}

function decimal(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

/** A width or precision that an insert holds; beyond {@link MAX_WIDTH} none makes a difference. */
function starred(insert: Insert | undefined): number | null {
  if (insert === undefined) return null;
  const { integer } = insert;
  const most = BigInt(MAX_WIDTH);
  return Number(integer > most ? most : integer < -most ? -most : integer);
}
