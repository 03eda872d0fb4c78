import type { NdrReader } from "./reader.js";
import type { NdrWriter } from "./writer.js";

/** The values of a call's parameters by name; while decoding, those that stand before the one being read. */
export type ParameterValues = Readonly<Record<string, unknown>>;

/**
 * How values of one IDL type are written and read, in whichever transfer syntax the cursor has. `field` is where the
 * value stands (`pName`, `ppChannelCtxt[2]`) and begins errors; `params` are the other parameters, for size_is.
 * Reading throws a DecodeError, writing a TypeError or RangeError for a value that is not of the type.
 */
export interface NdrType<T> {
  /** The parameter that gives the number of elements, of arrays with size_is. */
  readonly sizeIs?: string;
  write(to: NdrWriter, value: T, field: string, params: ParameterValues): void;
  read(from: NdrReader, field: string, params: ParameterValues): T;
}

/** A type whose values all take `size` bytes, a multiple of their alignment: what arrays are made of. */
export interface FixedNdrType<T> extends NdrType<T> {
  readonly size: number;
}

/** The TypeScript type of a type's values. */
export type ValueOf<Type> = Type extends NdrType<infer Value> ? Value : never;

/** The number of elements that the parameter named by size_is gives. */
export function sizeFrom(params: ParameterValues, sizeIs: string): number {
  const size = params[sizeIs];
  if (typeof size !== "number") throw new TypeError(`size_is(${sizeIs}) names no number that stands before it`);
  return size;
}
