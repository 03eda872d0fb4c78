import { Option } from "commander";
import { UsageError } from "../../errors.js";

/*
 * Parsers of option values. They throw a UsageError that names the option and what it takes, never what was given: that
 * could be a password that slipped into the wrong place.
 */

/** An option whose value is one of a few words; they stand in the help and in the shell completion. */
export function choice(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, description).choices(words);
  return option.argParser((value: string) => oneOf(option.long ?? flags, value, words));
}

/** Like {@link choice}, for an option that may be given several times. */
export function choices(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, description).choices(words);
  return option.argParser((value: string, previous: readonly string[] | undefined) => [
    ...(previous ?? []),
    oneOf(option.long ?? flags, value, words),
  ]);
}

function oneOf(name: string, value: string, words: readonly string[]): string {
  if (words.includes(value)) return value;
  throw new UsageError(`${name} takes ${enumerate(words)}.`);
}

/** `a`, `a or b`, `a, b or c`. */
export function enumerate(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

/** An option whose value `parse` turns into something else; `parse` gets the option's long name for its message. */
export function parsed<T>(flags: string, description: string, parse: (name: string, value: string) => T): Option {
  const option = new Option(flags, description);
  return option.argParser((value: string) => parse(option.long ?? flags, value));
}

/** Like {@link parsed}, for an option that may be given several times. */
export function repeated<T>(flags: string, description: string, parse: (name: string, value: string) => T): Option {
  const option = new Option(flags, description);
  return option.argParser((value: string, previous: readonly T[] | undefined) => [
    ...(previous ?? []),
    parse(option.long ?? flags, value),
  ]);
}

/** A whole number within bounds. */
export function integer(min: number, max: number): (name: string, value: string) => number {
  return (name, value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new UsageError(`${name} takes a whole number ${range}.`);
  };
}

export const port = integer(1, 65_535);

/** Any text but the empty one. */
export function text(name: string, value: string): string {
  if (value === "") throw new UsageError(`${name} was given nothing.`);
  return value;
}
