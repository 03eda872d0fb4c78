import type { PanwatchError } from "../../../src/errors.js";

/** What is fuzzed: a decoder, or several that take the same kind of bytes. */
export interface FuzzTarget {
  /** Also the name of its folders in corpus/ and crashes/. */
  readonly name: string;
  /** Real bytes, which mutations start from. */
  readonly seeds: readonly Uint8Array[];
  /** Pieces that mean something in the format, for mutations to put in. */
  readonly words?: readonly Uint8Array[];
  /** Inputs of about 1 MiB that make as much work as the format allows. */
  readonly large?: readonly Uint8Array[];
  /** Takes any bytes, which it may change in place. Whatever it throws is a finding: errors that are allowed stay inside. */
  run(input: Uint8Array): void | Promise<void>;
}

type ErrorClass = abstract new (...parameters: never[]) => PanwatchError;

/** Runs a decoder that may refuse its input with these errors and no others; gives null when it did. */
export function orRefuse<T>(decode: () => T, ...allowed: readonly ErrorClass[]): T | null {
  try {
    return decode();
  } catch (error) {
    return refused(error, allowed);
  }
}

/** The same for what takes its time. */
export async function orRefuseLater<T>(work: () => Promise<T>, ...allowed: readonly ErrorClass[]): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    return refused(error, allowed);
  }
}

function refused(error: unknown, allowed: readonly ErrorClass[]): null {
  if (allowed.some((kind) => error instanceof kind)) return null;
  throw error;
}

/** Throws when something does not hold that must hold for any input. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken for this input: ${what}`);
}
