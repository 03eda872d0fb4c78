import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.js";
import * as idl from "../../src/pan/idl.js";
import { decodeCall, encodeCall, VECTORS, vectorBytes, type Vector } from "./ndr-vectors.js";

/** The ids that the encoder gives, those of old peers, and the largest. */
const OWN_IDS = [0x20000, 0x20004] as const;
const OTHER_IDS = [OWN_IDS, [2, 2], [1, 2], [0xffff_ffff, 0x8000_0000]] as const;

const title = ({ direction, name, syntax }: Vector): string => `${direction} ${name} in ${syntax}`;

/** Sizes that the notes say beside the bytes: a check that the vectors were copied whole. */
const SIZES: Record<string, number> = {
  "request Register without a name in ndr": 48,
  "request first SendResponse in ndr": 32,
  "request CloseChannel with NOTIFICATION_RELEASE in ndr": 44,
  "response Create in ndr": 24,
  "response GetNewChannel with one channel in ndr": 36,
  'response GetNotification "<a/>" in ndr': 48,
  "response SendResponse with NOTIFICATION_RELEASE in ndr": 52,
  "response Register in ndr64": 12,
  "request first SendResponse in ndr64": 48,
  "request CloseChannel with NOTIFICATION_RELEASE in ndr64": 48,
  "response GetNewChannel with one channel in ndr64": 48,
  'response GetNotification "<a/>" in ndr64': 64,
  "response SendResponse with NOTIFICATION_RELEASE in ndr64": 68,
};

describe("golden stubs", () => {
  for (const vector of VECTORS) {
    it(`encodes ${title(vector)}`, () => {
      expect(toHex(encodeCall(vector))).toBe(toHex(vectorBytes(vector, OWN_IDS)));
    });

    it(`decodes ${title(vector)}, whatever the referent ids`, () => {
      for (const ids of OTHER_IDS) expect(decodeCall(vector, vectorBytes(vector, ids))).toEqual(vector.values);
    });
  }

  it("have the sizes of the notes", () => {
    const sizes = VECTORS.map((vector) => [title(vector), vectorBytes(vector, OWN_IDS).length] as const);
    expect(Object.fromEntries(sizes.filter(([name]) => name in SIZES))).toEqual(SIZES);
  });

  it("cover requests and responses of all eight methods", () => {
    const covered = new Set(VECTORS.map(({ method, direction }) => `${method.name} ${direction}`));
    const methods = Object.values(idl).filter((entry) => "opnum" in entry);
    expect(methods).toHaveLength(8);
    expect([...covered].sort()).toEqual(methods.flatMap(({ name }) => [`${name} request`, `${name} response`]).sort());
  });
});
