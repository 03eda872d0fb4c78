import * as asn1 from "asn1js";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.js";
import { DecodeError } from "../../../src/errors.js";
import { MECHANISM_OIDS } from "../../../src/security/mechanism.js";
import {
  decodeNegTokenInit,
  decodeNegTokenResp,
  encodeMechTypes,
  encodeNegTokenInit,
  encodeNegTokenResp,
} from "../../../src/security/spnego/tokens.js";
import { FOREIGN, NEG_TOKEN_INIT2 } from "./vectors.js";

const { ntlm, kerberos, msKerberos } = MECHANISM_OIDS;
const TOKEN = new TextEncoder().encode("tok");
const MIC = new Uint8Array(16).fill(0x6d);

describe("NegTokenInit", () => {
  it.each([
    [[ntlm], FOREIGN.init],
    [[msKerberos, kerberos, ntlm], FOREIGN.initThree],
  ])("with %j is written and read as others write it", (mechTypes, foreign) => {
    expect(toHex(encodeNegTokenInit(encodeMechTypes(mechTypes), TOKEN))).toBe(toHex(foreign));
    const decoded = decodeNegTokenInit(foreign);
    expect(decoded).toEqual({ mechTypes, mechTypesDer: encodeMechTypes(mechTypes), mechToken: TOKEN });
  });

  it("may come without an optimistic token", () => {
    const token = encodeNegTokenInit(encodeMechTypes([ntlm]), null);
    expect(decodeNegTokenInit(token)).toMatchObject({ mechTypes: [ntlm], mechToken: null });
  });

  it("2 of [MS-SPNG] 4 is read, its hints are not", () => {
    const { mechTypes, mechTypesDer, mechToken } = decodeNegTokenInit(NEG_TOKEN_INIT2);
    expect(mechTypes).toEqual(["1.3.6.1.4.1.311.2.2.30", ntlm]);
    expect(toHex(mechTypesDer)).toBe(toHex(NEG_TOKEN_INIT2.subarray(0x16, 0x30)));
    expect(mechToken?.subarray(0, 8)).toEqual(new TextEncoder().encode("NEGOEXTS"));
    expect(mechToken).toHaveLength(0xfe);
  });

  it("is DER that asn1js reads", () => {
    const { result } = asn1.fromBER(encodeNegTokenInit(encodeMechTypes([msKerberos, ntlm]), new Uint8Array(300)));
    expect(result.error).toBe("");
    expect(result.idBlock).toMatchObject({ tagClass: 2, tagNumber: 0, isConstructed: true });
  });

  it.each([
    ["another mechanism's frame", "6009 06072a864886f71201", "thisMech"],
    ["nothing in it", "600c 06062b0601050502 a002 3000", "names no mechanism"],
    ["an empty list", "6010 06062b0601050502 a006 3004 a002 3000", "names no mechanism"],
    ["something behind the token", `${toHex(FOREIGN.init)}0001`, "has 2 bytes too many"],
    ["a response", toHex(FOREIGN.challenge), "has tag 0xa1, must have 0x60"],
    ["an NTLM message", "4e544c4d53535000 01000000", "has tag 0x4e"],
    ["a field twice", "6014 06062b0601050502 a00a 3008 a202 0400 a202 0400", "tag 0xa2 is out of place"],
  ])("with %s is refused", (_name, hex, problem) => {
    expect(() => decodeNegTokenInit(fromHex(hex))).toThrow(DecodeError);
    expect(() => decodeNegTokenInit(fromHex(hex))).toThrow(problem);
  });
});

describe("NegTokenResp", () => {
  const none = { negState: null, supportedMech: null, responseToken: null, mechListMic: null };

  it.each([
    [
      "a challenge",
      { ...none, negState: "acceptIncomplete", supportedMech: ntlm, responseToken: TOKEN },
      FOREIGN.challenge,
    ],
    ["the third leg", { ...none, responseToken: TOKEN, mechListMic: MIC }, FOREIGN.authenticate],
    ["the end", { ...none, negState: "acceptCompleted", mechListMic: MIC }, FOREIGN.completed],
    ["a request for a MIC", { ...none, negState: "requestMic", supportedMech: ntlm }, FOREIGN.requestMic],
  ] as const)("as %s is written and read as others write it", (_name, resp, foreign) => {
    expect(toHex(encodeNegTokenResp(resp))).toBe(toHex(foreign));
    expect(decodeNegTokenResp(foreign)).toEqual(resp);
  });

  it("may be empty, or have empty octet strings, or fields of a later specification", () => {
    expect(decodeNegTokenResp(fromHex("a102 3000"))).toEqual(none);
    expect(decodeNegTokenResp(fromHex("a10a 3008 a2020400 a3020400"))).toEqual(none);
    expect(decodeNegTokenResp(fromHex("a10b 3009 a0030a0102 a4020500"))).toEqual({ ...none, negState: "reject" });
  });

  it.each([
    ["fields out of order", "a10b 3009 a2020400 a0030a0101", "tag 0xa0 is out of place"],
    ["a negState that there is not", "a107 3005 a0030a0104", "negState at offset 9: 4 is none"],
    ["a field that is not tagged", "a107 3005 0a0101 0500", "tag 0xa is out of place"],
    ["two values in a field", "a108 3006 a204 0400 0400", "has 2 bytes too many"],
    ["two sequences", "a104 3000 3000", "has 2 bytes too many"],
    ["a NegTokenInit", toHex(FOREIGN.init), "has tag 0x60, must have 0xa1"],
  ])("with %s is refused", (_name, hex, problem) => {
    expect(() => decodeNegTokenResp(fromHex(hex))).toThrow(DecodeError);
    expect(() => decodeNegTokenResp(fromHex(hex))).toThrow(problem);
  });
});

describe("every truncated prefix throws a DecodeError", () => {
  it.each([
    ["NegTokenInit2", NEG_TOKEN_INIT2, decodeNegTokenInit],
    ["NegTokenInit", FOREIGN.initThree, decodeNegTokenInit],
    ["NegTokenResp", FOREIGN.challenge, decodeNegTokenResp],
    ["NegTokenResp of the third leg", FOREIGN.authenticate, decodeNegTokenResp],
    ["NegTokenResp of the end", FOREIGN.completed, decodeNegTokenResp],
  ] as const)("%s", (_name, token, decode) => {
    expect(() => decode(token)).not.toThrow();
    for (let length = 0; length < token.length; length++)
      expect(() => decode(token.subarray(0, length)), `${length} bytes`).toThrow(DecodeError);
  });
});
