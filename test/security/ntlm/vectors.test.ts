import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.js";
import { encodeUtf16 } from "../../../src/bytes/utf16.js";
import { ntHash } from "../../../src/security/ntlm/account.js";
import { decodeAuthenticate, encodeAuthenticate } from "../../../src/security/ntlm/authenticate.js";
import { AV_IDS } from "../../../src/security/ntlm/av-pairs.js";
import { decodeChallenge, encodeChallenge } from "../../../src/security/ntlm/challenge.js";
import { NTLM_FLAGS } from "../../../src/security/ntlm/flags.js";
import { Rc4 } from "../../../src/security/crypto/rc4.js";
import { computeResponses, decodeNtResponse, ntowfV2, verifyNtResponse } from "../../../src/security/ntlm/response.js";
import { NtlmSession, sealKey, signKey } from "../../../src/security/ntlm/session.js";
import { COMMON, NTLM_V2, NTOWF_V1, WITHOUT_KEY_EXCHANGE } from "./vectors.js";

const AV_PAIRS = [
  { id: AV_IDS.nbDomainName, value: encodeUtf16("Domain") },
  { id: AV_IDS.nbComputerName, value: encodeUtf16("Server") },
];

/** A message without anything around it, wholly sealed. */
function message(bytes: Uint8Array) {
  return { bytes: bytes.slice(), bodyStart: 0, bodyEnd: bytes.length };
}

describe("the values of [MS-NLMP] 4.2.4, NTLMv2", () => {
  it("4.2.2.1.2: NTOWFv1, from the password and from its hash", () => {
    expect(toHex(ntHash({ kind: "password", password: COMMON.password }))).toBe(toHex(NTOWF_V1));
    expect(ntHash({ kind: "nt-hash", hash: NTOWF_V1 })).toEqual(NTOWF_V1);
  });

  it("4.2.4.1.1: NTOWFv2", () => {
    expect(toHex(ntowfV2(NTOWF_V1, COMMON.user, COMMON.domain))).toBe(toHex(NTLM_V2.responseKey));
  });

  it("4.2.4.1.2, 4.2.4.2: responses and session base key", () => {
    const client = { time: 0n, nonce: COMMON.clientChallenge, avPairs: AV_PAIRS };
    const responses = computeResponses(NTLM_V2.responseKey, COMMON.serverChallenge, client);
    expect(toHex(responses.lmResponse)).toBe(toHex(NTLM_V2.lmResponse));
    expect(toHex(responses.ntResponse)).toBe(toHex(NTLM_V2.authenticate.subarray(0x84, 0xd8)));
    expect(toHex(responses.ntResponse.subarray(0, 16))).toBe(toHex(NTLM_V2.ntProof));
    expect(toHex(responses.sessionBaseKey)).toBe(toHex(NTLM_V2.sessionBaseKey));
  });

  it("4.2.4.2.3: the encrypted session key", () => {
    const encrypted = new Rc4(NTLM_V2.sessionBaseKey).apply(COMMON.randomSessionKey.slice());
    expect(toHex(encrypted)).toBe(toHex(NTLM_V2.encryptedSessionKey));
  });

  it("4.2.4.3: reads the CHALLENGE, and writes it but for the version", () => {
    const challenge = decodeChallenge(NTLM_V2.challenge);
    expect(challenge.flags).toBe(NTLM_V2.flags);
    expect(toHex(challenge.serverChallenge)).toBe(toHex(COMMON.serverChallenge));
    expect(challenge.targetName).toBe("Server");
    expect(challenge.targetInfo.map(({ id, value }) => [id, toHex(value)])).toEqual(
      AV_PAIRS.map(({ id, value }) => [id, toHex(value)]),
    );
    expect(toHex(withVersion(encodeChallenge(challenge), NTLM_V2.challenge, 48))).toBe(toHex(NTLM_V2.challenge));
  });

  it("4.2.4.3: reads the AUTHENTICATE message, whose response the acceptor's side verifies", () => {
    const authenticate = decodeAuthenticate(NTLM_V2.authenticate);
    expect(authenticate).toMatchObject({ user: "User", domain: "Domain", workstation: "COMPUTER", flags: 0xe2888235 });
    expect(toHex(authenticate.lmResponse)).toBe(toHex(NTLM_V2.lmResponse));
    expect(toHex(authenticate.encryptedSessionKey)).toBe(toHex(NTLM_V2.encryptedSessionKey));
    expect(decodeNtResponse(authenticate.ntResponse)).toMatchObject({ time: 0n });
    const key = verifyNtResponse(NTLM_V2.responseKey, COMMON.serverChallenge, authenticate.ntResponse);
    expect(key && toHex(key)).toBe(toHex(NTLM_V2.sessionBaseKey));
    expect(verifyNtResponse(NTLM_V2.sessionBaseKey, COMMON.serverChallenge, authenticate.ntResponse)).toBeNull();
  });

  it("4.2.4.3: writes the AUTHENTICATE message with the same fields, and a MIC more", () => {
    const original = decodeAuthenticate(NTLM_V2.authenticate);
    const encoded = encodeAuthenticate(original);
    expect(decodeAuthenticate(encoded)).toEqual(original);
    // Their payload begins at 72, ours 16 bytes later, in the same order.
    expect(toHex(encoded.subarray(88))).toBe(toHex(NTLM_V2.authenticate.subarray(72)));
  });

  it("4.2.4.4: SEALKEY and SIGNKEY", () => {
    expect(toHex(sealKey(COMMON.randomSessionKey, "client"))).toBe(toHex(NTLM_V2.sealKey));
    expect(toHex(signKey(COMMON.randomSessionKey, "client"))).toBe(toHex(NTLM_V2.signKey));
  });

  it("4.2.4.4: SEAL, and the other side unseals it", () => {
    const client = new NtlmSession(NTLM_V2.flags, COMMON.randomSessionKey, "client");
    const sent = message(NTLM_V2.plaintext);
    const token = client.protect({ level: "privacy", headerSigning: true }).wrap(sent);
    expect(toHex(sent.bytes)).toBe(toHex(NTLM_V2.sealed));
    expect(toHex(token)).toBe(toHex(NTLM_V2.signature));

    const server = new NtlmSession(NTLM_V2.flags, COMMON.randomSessionKey, "server");
    const received = message(NTLM_V2.sealed);
    server.protect({ level: "privacy", headerSigning: true }).unwrap(received, NTLM_V2.signature);
    expect(toHex(received.bytes)).toBe(toHex(NTLM_V2.plaintext));
  });

  it("4.2.3.4: without key exchange the checksum stays in the clear", () => {
    const { keyExchangeKey, checksum } = WITHOUT_KEY_EXCHANGE;
    expect(toHex(signKey(keyExchangeKey, "client"))).toBe(toHex(WITHOUT_KEY_EXCHANGE.signKey));
    const session = new NtlmSession(NTLM_V2.flags & ~NTLM_FLAGS.keyExchange, keyExchangeKey, "client");
    const token = session.protect({ level: "integrity", headerSigning: true }).wrap(message(NTLM_V2.plaintext));
    expect(toHex(token)).toBe(`01000000${toHex(checksum)}00000000`);
  });
});

describe("NTOWFv2 of unusual names", () => {
  const key = (user: string, domain: string) => toHex(ntowfV2(NTOWF_V1, user, domain));

  it("upper-cases the user, not the domain", () => {
    expect(key("uSeR", "Domain")).toBe(toHex(NTLM_V2.responseKey));
    expect(key("User", "DOMAIN")).not.toBe(toHex(NTLM_V2.responseKey));
  });

  it("upper-cases letter by letter, so that German sharp s stays one", () => {
    expect(key("straße", "")).toBe(key("STRAßE", ""));
    expect(key("straße", "")).not.toBe(key("STRASSE", ""));
    expect(key("zoë", "")).toBe(key("ZOË", ""));
    expect(key("ılk", "")).not.toBe(key("ilk", ""));
  });
});

/** `message` with the version of another one. */
function withVersion(bytes: Uint8Array, other: Uint8Array, offset: number): Uint8Array {
  const copy = bytes.slice();
  copy.set(other.subarray(offset, offset + 8), offset);
  return copy;
}
