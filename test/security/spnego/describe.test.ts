import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.js";
import { SpnegoAcceptor } from "../../../src/security/spnego/acceptor.js";
import { describeSpnegoToken } from "../../../src/security/spnego/describe.js";
import { SpnegoInitiator } from "../../../src/security/spnego/initiator.js";
import { encodeNegTokenResp } from "../../../src/security/spnego/tokens.js";
import { AES256 } from "../kerberos/golden.js";
import { exchange, ntlmAcceptor, ntlmInitiator } from "../support/exchange.js";
import { FOREIGN, NEG_TOKEN_INIT2 } from "./vectors.js";

/** MIT krb5 as a server that cannot decrypt the ticket. */
const KRB_ERROR = fromHex(
  "606c06092a864886f71201020203007e5d305ba003020105a10302011ea411180f32303236313132313036333330305aa505020303220fa603" +
    "02011fa90a1b084c41422e54455354aa243022a003020103a11b30191b04686f73741b117072696e747372762e6c61622e74657374",
);

describe("the kind of a SPNEGO token", () => {
  it("tells the course of an NTLM logon", async () => {
    const initiator = new SpnegoInitiator(ntlmInitiator());
    const tokens = await exchange(initiator, new SpnegoAcceptor({ mechanisms: [ntlmAcceptor()] }));
    expect(tokens.map(describeSpnegoToken)).toEqual([
      "NegTokenInit: NTLM, NTLM NEGOTIATE",
      "NegTokenResp: accept-incomplete, NTLM, NTLM CHALLENGE",
      "NegTokenResp: NTLM AUTHENTICATE, mechListMIC",
      "NegTokenResp: accept-completed, mechListMIC",
    ]);
  });

  it.each([
    [
      "three mechanisms",
      FOREIGN.initThree,
      "NegTokenInit: MS-Kerberos or Kerberos or NTLM, 3 bytes of no known mechanism",
    ],
    [
      "an unknown mechanism",
      NEG_TOKEN_INIT2,
      /^NegTokenInit: 1\.3\.6\.1\.4\.1\.311\.2\.2\.30 or NTLM, 254 bytes of no /,
    ],
    ["a request for a MIC", FOREIGN.requestMic, "NegTokenResp: request-mic, NTLM"],
    ["a refusal", encodeNegTokenResp({ negState: "reject" }), "NegTokenResp: reject"],
    [
      "a Kerberos error",
      encodeNegTokenResp({ negState: "reject", responseToken: KRB_ERROR }),
      "NegTokenResp: reject, Kerberos KRB-ERROR 31",
    ],
    ["an AP-REQ", encodeNegTokenResp({ responseToken: fromHex(AES256.apReq) }), "NegTokenResp: Kerberos AP-REQ"],
    ["an AP-REP", encodeNegTokenResp({ responseToken: fromHex(AES256.apRep) }), "NegTokenResp: Kerberos AP-REP"],
    ["NTLM by itself", Buffer.from("NTLMSSP\0\x02\0\0\0", "latin1"), "not SPNEGO (NTLM CHALLENGE)"],
    ["an NTLM message of no known type", Buffer.from("NTLMSSP\0\x09\0\0\0", "latin1"), /NTLM message of type 9/],
    ["nothing", new Uint8Array(0), "not SPNEGO (0 bytes of no known mechanism)"],
  ])("tells %s", (_what, token, kind) => {
    if (typeof kind === "string") expect(describeSpnegoToken(token)).toBe(kind);
    else expect(describeSpnegoToken(token)).toMatch(kind);
  });

  it("is told of any bytes, in a few words", () => {
    const tokens = [FOREIGN.initThree, FOREIGN.challenge, KRB_ERROR, NEG_TOKEN_INIT2];
    const changed = fc
      .tuple(fc.constantFrom(...tokens), fc.nat(400), fc.uint8Array({ minLength: 1, maxLength: 8 }))
      .map(([token, at, bytes]) =>
        Uint8Array.from([...token.slice(0, at), ...bytes, ...token.slice(at + bytes.length)]),
      );
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 64 })), (token) => {
        expect(describeSpnegoToken(token).length).toBeLessThan(2000);
      }),
      { numRuns: 300 },
    );
  });
});
