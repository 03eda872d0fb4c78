import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.js";
import {
  encodeVerificationTrailer,
  findVerificationTrailer,
  verificationTrailerProblem,
  type TrailerFacts,
} from "../../src/rpc/verification-trailer.js";
import { NDR, NDR64, REMOTE_OBJECT } from "../golden/rpc-vectors.js";

/** What the independent client sent behind the empty stub of a Create, recorded on the wire. */
const RECORDED =
  "8ae3137102f43671 0100040000000000 02402800 9b0633aea8a2ee46a235ddfd339be28101000000 045d888aeb1cc9119fe808002b10486002000000";

const FACTS: TrailerFacts = {
  headerSignOffered: true,
  interfaceId: REMOTE_OBJECT,
  transferSyntax: NDR,
  callId: 5,
  contextId: 1,
  opnum: 7,
};

const ALL = ["bitmask", "presentationContext", "header2"] as const;

describe("a verification trailer ([MS-RPCE] 2.2.2.13)", () => {
  it("is aligned to 4 behind the stub and tells bitmask, presentation context and header", () => {
    expect(toHex(encodeVerificationTrailer(5, ALL, FACTS))).toBe(
      toHex(
        fromHex(`000000 8ae3137102f43671 01000400 01000000
          02002800 9b0633aea8a2ee46a235ddfd339be28101000000 045d888aeb1cc9119fe808002b10486002000000
          03401000 00000000 10000000 05000000 0100 0700`),
      ),
    );
  });

  it("has the commands that are needed only, the last of them marked", () => {
    expect(toHex(encodeVerificationTrailer(8, ["bitmask"], FACTS))).toBe("8ae3137102f43671" + "0140040001000000");
  });

  it("by the independent client agrees with what was bound", () => {
    const stub = fromHex(RECORDED);
    expect(findVerificationTrailer(stub)).toBe(0);
    expect(verificationTrailerProblem(stub, 0, { ...FACTS, headerSignOffered: false })).toBeNull();
  });

  it.each<[Partial<TrailerFacts>, string]>([
    [{ headerSignOffered: false }, "header signing was offered, but the bind did not say so"],
    [{ interfaceId: NDR }, "another interface than in the bind"],
    [{ transferSyntax: NDR64 }, "another transfer syntax than in the bind"],
    [{ callId: 6 }, "another header than the request's"],
    [{ contextId: 2 }, "another header than the request's"],
    [{ opnum: 8 }, "another header than the request's"],
  ])("that contradicts %o says so", (other, problem) => {
    const stub = encodeVerificationTrailer(0, ALL, FACTS);
    expect(verificationTrailerProblem(stub, 0, FACTS)).toBeNull();
    expect(verificationTrailerProblem(stub, 0, { ...FACTS, ...other })).toBe(problem);
  });

  it("is found at the last aligned place only", () => {
    const signature = "8ae3137102f43671";
    expect(findVerificationTrailer(fromHex(`00${signature}`))).toBe(-1);
    expect(findVerificationTrailer(fromHex(`${signature}00000000${signature}`))).toBe(12);
    expect(findVerificationTrailer(fromHex(`${signature}0000${signature}`))).toBe(0);
    expect(findVerificationTrailer(new Uint8Array(100))).toBe(-1);
  });

  it("that is cut short anywhere is a problem", () => {
    const whole = encodeVerificationTrailer(0, ALL, FACTS);
    for (let length = 8; length < whole.length; length++)
      expect(verificationTrailerProblem(whole.slice(0, length), 0, FACTS), `${length} bytes`).toMatch(
        /needs \d+ bytes/,
      );
  });

  it("may hold an unknown command, unless it must be processed", () => {
    expect(verificationTrailerProblem(fromHex("8ae3137102f43671 09400400 00000000"), 0, FACTS)).toBeNull();
    expect(verificationTrailerProblem(fromHex("8ae3137102f43671 09c00400 00000000"), 0, FACTS)).toBe(
      "command 9 must be processed",
    );
  });
});
