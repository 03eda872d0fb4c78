import { UsageError } from "../errors.js";
import { LONGEST_DELAY_MS } from "../waiting.js";

/** What an option takes, in words, and whether a value is that. */
export interface Rule {
  readonly takes: string;
  readonly allows: (value: unknown) => boolean;
}

/** A rule for each option that there is. */
export type Rules<Options> = { readonly [Name in keyof Required<Options>]: Rule };

export const TEXT: Rule = { takes: "a text that is not empty", allows: (value) => isText(value) && value !== "" };
export const ANY_TEXT: Rule = { takes: "a text", allows: isText };
export const FLAG: Rule = { takes: "true or false", allows: (value) => typeof value === "boolean" };
export const FUNCTION: Rule = { takes: "a function", allows: (value) => typeof value === "function" };
export const OBJECT: Rule = { takes: "an object", allows: isObject };
export const SIGNAL: Rule = { takes: "an AbortSignal", allows: (value) => value instanceof AbortSignal };
export const PORT = integer(1, 65_535);
export const MILLISECONDS: Rule = {
  takes: `a time in milliseconds, more than 0 and at most ${LONGEST_DELAY_MS}`,
  allows: (value) => typeof value === "number" && value > 0 && value <= LONGEST_DELAY_MS,
};

export function integer(least: number, most: number): Rule {
  return {
    takes: `a whole number from ${least} to ${most}`,
    allows: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  };
}

export function oneOf(...values: readonly string[]): Rule {
  return { takes: values.join(" or "), allows: (value) => isText(value) && values.includes(value) };
}

export function orNull({ takes, allows }: Rule): Rule {
  return { takes: `${takes}, or null`, allows: (value) => value === null || allows(value) };
}

/** A list of what `each` allows. */
export function listOf({ takes, allows }: Rule): Rule {
  return {
    takes: `a list of at least one, each ${takes}`,
    allows: (value) => Array.isArray(value) && value.length > 0 && value.every(allows),
  };
}

/** Throws a UsageError that names the option that there is not, or that has a wrong value; `path` is what holds it. */
export function checkOptions<Options extends object>(options: Options, rules: Rules<Options>, path = ""): void {
  if (!isObject(options)) throw new UsageError(`${path === "" ? "the options" : path.slice(0, -1)} must be an object`);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name))
      throw new UsageError(`there is no option ${path}${name}`, { hint: `there is ${Object.keys(rules).join(", ")}` });
    const { takes, allows } = rules[name as keyof Options];
    if (value !== undefined && !allows(value)) throw new UsageError(`the option ${path}${name} takes ${takes}`);
  }
}

/** The options that have a value: one that is undefined is as good as absent, and leaves the default. */
export function given<Options extends object>(
  options: Options,
): { [Name in keyof Options]: Exclude<Options[Name], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
