import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeError } from "../../src/errors.js";
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from "../../src/ndr/method.js";
import { SYNTAXES } from "../ndr/stub.js";
import { METHOD_VALUES } from "./ndr-values.js";

const RUNS = { numRuns: 100 };

const codecs = METHOD_VALUES.flatMap(({ method, request, response }) =>
  SYNTAXES.flatMap((syntax) => [
    {
      title: `request of ${method.name} in ${syntax}`,
      arbitrary: request,
      encode: (values: object) => encodeRequest(method, syntax, { ...values }),
      decode: (stub: Uint8Array) => decodeRequest(method, syntax, stub),
    },
    {
      title: `response of ${method.name} in ${syntax}`,
      arbitrary: response,
      encode: (values: object) => encodeResponse(method, syntax, { ...values }),
      decode: (stub: Uint8Array) => decodeResponse(method, syntax, stub),
    },
  ]),
);

/** Whether the stub decodes; anything but a DecodeError is a bug and comes through. */
function decodes(decode: (stub: Uint8Array) => unknown, stub: Uint8Array): boolean {
  try {
    decode(stub);
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

describe.each(codecs)("the $title", ({ arbitrary, encode, decode }) => {
  it("gives back the values that went in, and the bytes again from the values", () => {
    fc.assert(
      fc.property(arbitrary, (values) => {
        const stub = encode(values);
        const decoded = decode(stub);
        expect(decoded).toEqual(values);
        expect(encode(decoded)).toEqual(stub);
      }),
      RUNS,
    );
  });

  it("ends in values or a DecodeError whatever bytes are changed", () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff));
    fc.assert(
      fc.property(arbitrary, fc.array(change, { minLength: 1, maxLength: 4 }), (values, changes) => {
        const stub = Uint8Array.from(encode(values));
        for (const [position, byte] of changes) if (stub.length > 0) stub[position % stub.length] = byte;
        expect(decodes(decode, stub)).toBeTypeOf("boolean");
      }),
      RUNS,
    );
  });
});

/** A Create request has no bytes to cut. */
const cuttable = codecs.filter(({ title }) => !title.startsWith("request of IRPCRemoteObject_Create"));

describe.each(cuttable)("the $title", ({ arbitrary, encode, decode }) => {
  it("is refused wherever it is cut off", () => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), (values, cut) => {
        const stub = encode(values);
        expect(decodes(decode, stub.subarray(0, cut % stub.length))).toBe(false);
      }),
      RUNS,
    );
  });
});
