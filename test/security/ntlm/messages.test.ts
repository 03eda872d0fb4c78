import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.js";
import { encodeUtf16 } from "../../../src/bytes/utf16.js";
import { DecodeError, ProtocolError } from "../../../src/errors.js";
import { decodeAuthenticate, encodeAuthenticate, takeMic } from "../../../src/security/ntlm/authenticate.js";
import {
  AV_IDS,
  avFlags,
  avText,
  avTimestamp,
  decodeAvPairs,
  encodeAvPairs,
} from "../../../src/security/ntlm/av-pairs.js";
import { decodeChallenge, encodeChallenge } from "../../../src/security/ntlm/challenge.js";
import { SUPPORTED_FLAGS } from "../../../src/security/ntlm/flags.js";
import { decodeNegotiate, encodeNegotiate } from "../../../src/security/ntlm/negotiate.js";
import { decodeNtResponse } from "../../../src/security/ntlm/response.js";
import { NTLM_V2 } from "./vectors.js";

const AUTHENTICATE = encodeAuthenticate(decodeAuthenticate(NTLM_V2.authenticate));
const CHALLENGE = encodeChallenge(decodeChallenge(NTLM_V2.challenge));

/** A copy of `message` with one byte or more replaced. */
function patched(message: Uint8Array, offset: number, ...bytes: number[]): Uint8Array {
  const copy = message.slice();
  copy.set(bytes, offset);
  return copy;
}

describe("every truncated prefix throws a DecodeError", () => {
  it.each([
    ["NEGOTIATE", encodeNegotiate({ flags: SUPPORTED_FLAGS }), decodeNegotiate],
    ["CHALLENGE of the specification", NTLM_V2.challenge, decodeChallenge],
    ["CHALLENGE", CHALLENGE, decodeChallenge],
    ["AUTHENTICATE of the specification", NTLM_V2.authenticate, decodeAuthenticate],
    ["AUTHENTICATE", AUTHENTICATE, decodeAuthenticate],
    // The last four bytes are reserved and not read; the end of the pairs is MsvAvEOL before them.
    ["NTLMv2_RESPONSE", decodeAuthenticate(AUTHENTICATE).ntResponse.subarray(0, -4), decodeNtResponse],
    [
      "AV pairs",
      encodeAvPairs(decodeChallenge(CHALLENGE).targetInfo),
      (bytes: Uint8Array) => decodeAvPairs(bytes, "x"),
    ],
  ] as const)("%s", (_name, message, decode) => {
    expect(() => decode(message)).not.toThrow();
    for (let length = 0; length < message.length; length++)
      expect(() => decode(message.subarray(0, length)), `${length} bytes`).toThrow(DecodeError);
  });

  it("the MIC", () => {
    for (let length = 64; length < 88; length++)
      expect(() => takeMic(AUTHENTICATE.subarray(0, length)), `${length} bytes`).toThrow(DecodeError);
  });
});

describe("NEGOTIATE", () => {
  it("is written as in [MS-NLMP] 2.2.1.1", () => {
    expect(toHex(encodeNegotiate({ flags: 0xe2088235 }))).toBe(
      "4e544c4d53535000" + "01000000" + "358208e2" + "00".repeat(16) + "0a0000000000000f",
    );
  });

  it("may be one without version, with domain and workstation", () => {
    const flags = "07b20000";
    const names = fromHex("574f524b47524f5550" + "57533031");
    const header = fromHex("4e544c4d53535000" + "01000000" + flags + "0900090020000000" + "0400040029000000");
    expect(decodeNegotiate(Buffer.concat([header, names])).flags).toBe(0xb207);
  });
});

describe("CHALLENGE", () => {
  it("may be one of an old server, without version and target information", () => {
    const old = fromHex(
      "4e544c4d53535000" +
        "02000000" +
        "0c000c0030000000" +
        "05820000" +
        "0123456789abcdef" +
        "00".repeat(8) +
        "00".repeat(8),
    );
    const challenge = decodeChallenge(Buffer.concat([old, encodeUtf16("Server")]));
    expect(challenge).toMatchObject({ flags: 0x8205, targetName: "Server", targetInfo: [] });
  });

  it.each([
    ["another signature", patched(CHALLENGE, 0, 0x58), "CHALLENGE.Signature at offset 0"],
    ["another message type", patched(CHALLENGE, 8, 3), "CHALLENGE.MessageType at offset 8: is 3, must be 2"],
    ["a target name past the end", patched(CHALLENGE, 16, 0xff, 0xff), "CHALLENGE.TargetName at offset 12"],
    ["an offset near 2^32", patched(CHALLENGE, 44, 0xff, 0xff, 0xff, 0xff), "CHALLENGE.TargetInfo at offset 40"],
    ["target information inside the header", patched(CHALLENGE, 44, 8, 0, 0, 0), "CHALLENGE.TargetInfo at offset 40"],
    ["a target name of half a character", patched(CHALLENGE, 12, 11), "11 bytes are no UTF-16 text"],
  ])("with %s is refused", (_name, message, problem) => {
    expect(() => decodeChallenge(message)).toThrow(DecodeError);
    expect(() => decodeChallenge(message)).toThrow(problem);
  });
});

describe("AUTHENTICATE", () => {
  it.each(["domain", "user", "workstation"] as const)("refuses a %s that its 16-bit length cannot tell", (field) => {
    const message = { ...decodeAuthenticate(AUTHENTICATE), [field]: "x".repeat(0x8000) };
    expect(() => encodeAuthenticate(message)).toThrow(ProtocolError);
  });

  it("gives its MIC without changing the message, also when that is a Buffer", () => {
    const message = Buffer.from(AUTHENTICATE);
    message.fill(0xab, 72, 88);
    const { mic, unsigned } = takeMic(message);
    expect(toHex(mic)).toBe("ab".repeat(16));
    expect(toHex(unsigned)).toBe(toHex(AUTHENTICATE));
    expect(toHex(message.subarray(72, 88))).toBe("ab".repeat(16));
  });
});

describe("AV pairs ([MS-NLMP] 2.2.2.1)", () => {
  const decode = (hex: string) => decodeAvPairs(fromHex(hex), "TargetInfo");

  it("may stand in any order, be unknown or empty, and end with MsvAvEOL", () => {
    const pairs = decode("0700080001020304050607 08 0100 0000 ff7f 0300 010203 0600 0400 02000000 0000 0000 ffff");
    expect(pairs.map(({ id }) => id)).toEqual([7, 1, 0x7fff, 6]);
    expect(avTimestamp(pairs)).toBe(0x0807060504030201n);
    expect(avFlags(pairs)).toBe(2);
    expect(avText(pairs, AV_IDS.nbComputerName)).toBe("");
    expect(avText(pairs, AV_IDS.targetName)).toBeNull();
  });

  it("are 0 flags and no time where there are none", () => {
    expect(avFlags([])).toBe(0);
    expect(avTimestamp([])).toBeNull();
  });

  it.each([
    ["without an end", "0100 0200 4100", "AvId at offset 6"],
    ["empty", "", "AvId at offset 0"],
    ["whose end has a length", "0000 0100 00", "must be 0"],
    ["whose value runs past the end", "0100 0500 4100 0000", "Value of AvId 1"],
    ["with a timestamp of 4 bytes", "0700 0400 00000000 0000 0000", "is 4 for AvId 7, must be 8"],
    ["with flags of 2 bytes", "0600 0200 0000 0000 0000", "is 2 for AvId 6, must be 4"],
    ["with channel bindings of no bytes", "0a00 0000 0000 0000", "is 0 for AvId 10, must be 16"],
    ["with flags twice", "0600 0400 00000000 0600 0400 02000000 0000 0000", "6 comes twice"],
  ])("%s are refused", (_name, hex, problem) => {
    expect(() => decode(hex)).toThrow(DecodeError);
    expect(() => decode(hex)).toThrow(problem);
  });
});

describe("NTLMv2_RESPONSE", () => {
  it("of another version is refused", () => {
    const { ntResponse } = decodeAuthenticate(AUTHENTICATE);
    expect(() => decodeNtResponse(patched(ntResponse, 16, 2))).toThrow("NTLMv2_RESPONSE.RespType at offset 16");
    expect(() => decodeNtResponse(patched(ntResponse, 17, 2))).toThrow(DecodeError);
  });
});
