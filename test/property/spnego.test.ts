import * as asn1 from "asn1js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.js";
import { DecodeError } from "../../src/errors.js";
import { derOid } from "../../src/security/der.js";
import {
  NEG_STATES,
  type NegState,
  decodeNegTokenInit,
  decodeNegTokenResp,
  encodeMechTypes,
  encodeNegTokenInit,
  encodeNegTokenResp,
} from "../../src/security/spnego/tokens.js";

const RUNS = { numRuns: 200 };
const oid = fc
  .tuple(fc.nat({ max: 2 }), fc.nat({ max: 39 }), fc.array(fc.nat({ max: 0x7fffffff }), { maxLength: 8 }))
  .map(([first, second, rest]) => [first, second, ...rest].join("."));
const octets = fc.uint8Array({ minLength: 1, maxLength: 400 });
const negState = fc.constantFrom(...(Object.keys(NEG_STATES) as NegState[]));

const init = fc
  .tuple(fc.array(oid, { minLength: 1, maxLength: 5 }), fc.option(octets))
  .map(([mechTypes, mechToken]) => ({ mechTypes, mechTypesDer: encodeMechTypes(mechTypes), mechToken }));
const resp = fc.record({
  negState: fc.option(negState),
  supportedMech: fc.option(oid),
  responseToken: fc.option(octets),
  mechListMic: fc.option(octets),
});

describe("what is encoded is decoded, and asn1js can read it", () => {
  it("NegTokenInit", () => {
    fc.assert(
      fc.property(init, (value) => {
        const token = encodeNegTokenInit(value.mechTypesDer, value.mechToken);
        expect(decodeNegTokenInit(token)).toEqual(value);
        expect(asn1.fromBER(token).offset).toBe(token.length);
      }),
      RUNS,
    );
  });

  it("NegTokenResp", () => {
    fc.assert(
      fc.property(resp, (value) => {
        const token = encodeNegTokenResp(value);
        expect(decodeNegTokenResp(token)).toEqual(value);
        expect(asn1.fromBER(token).offset).toBe(token.length);
      }),
      RUNS,
    );
  });

  it("OBJECT IDENTIFIER, as asn1js writes it", () => {
    fc.assert(
      fc.property(oid, (value) => {
        expect(toHex(derOid(value))).toBe(toHex(new Uint8Array(new asn1.ObjectIdentifier({ value }).toBER())));
      }),
      RUNS,
    );
  });
});

describe("any bytes are decoded or refused with a DecodeError", () => {
  const decoders = { decodeNegTokenInit, decodeNegTokenResp };
  const tokens = fc.oneof(
    init.map(({ mechTypesDer, mechToken }) => encodeNegTokenInit(mechTypesDer, mechToken)),
    resp.map(encodeNegTokenResp),
  );
  /** Real tokens with bytes changed, taken out or put in. */
  const mutated = fc
    .tuple(tokens, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 2 }))))
    .map(([token, changes]) => {
      const bytes = [...token];
      for (const [index, value, kind] of changes)
        bytes.splice(index % (bytes.length + 1), kind === 0 ? 0 : 1, ...(kind === 2 ? [] : [value]));
      return Uint8Array.from(bytes);
    });

  it.each(Object.entries(decoders))("%s", (_name, decode) => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), tokens, mutated), (token) => {
        try {
          decode(token);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
