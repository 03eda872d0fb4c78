import type { NdrReader } from "./reader.js";
import { sizeFrom, type FixedNdrType, type NdrType, type ParameterValues } from "./type.js";
import type { NdrWriter } from "./writer.js";

/** The IDL attributes of an array. */
export interface ArrayAttributes {
  /** The parameter before it that gives the number of elements. */
  readonly sizeIs: string;
}

/**
 * `[size_is(n)] byte*`: a conformant array of bytes. Decoding gives a view of the stub, encoding copies once and in bulk.
 */
export function byteArray({ sizeIs }: ArrayAttributes): NdrType<Uint8Array> {
  return {
    sizeIs,
    write(to, value, field, params) {
      writeMaxCount(to, value.length, field, params, sizeIs);
      to.bytes(value);
    },
    read: (from, field, params) => from.bytes(readMaxCount(from, field, params, sizeIs), field),
  };
}

/**
 * `[size_is(n)] byte*` whose n stands behind it, or in the request only: whoever reads the array compares its length with
 * n, and only then is it what the IDL says.
 */
export const countedBytes: NdrType<Uint8Array> = {
  write(to, value) {
    to.count(value.length);
    to.bytes(value);
  },
  read: (from, field) => from.bytes(from.count(`${field}.max_count`), field),
};

/** `[size_is(n)] T*`: a conformant array of elements that are all of one size. */
export function conformantArray<T>(element: FixedNdrType<T>, { sizeIs }: ArrayAttributes): NdrType<readonly T[]> {
  return {
    sizeIs,
    write(to, value, field, params) {
      writeMaxCount(to, value.length, field, params, sizeIs);
      value.forEach((item, i) => element.write(to, item, `${field}[${i}]`, params));
    },
    read(from, field, params) {
      const count = readMaxCount(from, field, params, sizeIs);
      const needed = count * element.size;
      if (needed > from.remaining)
        throw from.fail(field, `${count} elements need ${needed} bytes, ${from.remaining} left`);
      return Array.from({ length: count }, (_, i) => element.read(from, `${field}[${i}]`, params));
    },
  };
}

function writeMaxCount(to: NdrWriter, length: number, field: string, params: ParameterValues, sizeIs: string): void {
  const size = sizeFrom(params, sizeIs);
  if (length !== size) throw new RangeError(`${field} has ${length} elements, but ${sizeIs} is ${size}`);
  to.count(length);
}

/** The maximum count, which must be equal to the size parameter ([MS-RPCE] 3.1.1.5.3.2.1.1). */
function readMaxCount(from: NdrReader, field: string, params: ParameterValues, sizeIs: string): number {
  const size = sizeFrom(params, sizeIs);
  const count = from.count(`${field}.max_count`);
  if (count !== size) throw from.fail(`${field}.max_count`, `is ${count}, but ${sizeIs} is ${size}`);
  return count;
}
