import { describe, expect, it } from "vitest";
import { DecodeError } from "../../src/errors.js";
import { decodeCall, VECTORS, vectorBytes, type Vector } from "../golden/ndr-vectors.js";

function errorOf(vector: Vector, stub: Uint8Array): unknown {
  try {
    decodeCall(vector, stub);
    return null;
  } catch (error) {
    return error;
  }
}

describe("a truncated stub", () => {
  for (const vector of VECTORS) {
    const { direction, method, name, syntax } = vector;
    it(`of ${direction} ${name} in ${syntax} is refused at every prefix, naming field and offset`, () => {
      const stub = vectorBytes(vector, [1, 2]);
      const table = direction === "request" ? method.in : method.out;
      for (let length = 0; length < stub.length; length += 1) {
        const error = errorOf(vector, stub.subarray(0, length));
        expect(error, `prefix of ${length} bytes`).toBeInstanceOf(DecodeError);
        const { field, offset, message } = error as DecodeError;
        const [, parameter] = /^\w+\.(?:alignment before )?(\w+)/.exec(field) ?? [];
        expect(field.startsWith(`${method.name}.`)).toBe(true);
        expect(Object.keys(table)).toContain(parameter);
        expect(offset).toBeLessThanOrEqual(length);
        expect(message).toMatch(/ at offset \d+: .*needs? \d+ bytes, \d+ left$/);
      }
    });
  }
});
