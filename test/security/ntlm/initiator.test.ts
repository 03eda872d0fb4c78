import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.js";
import { encodeUtf16 } from "../../../src/bytes/utf16.js";
import { AuthenticationError, DecodeError, ProtocolError } from "../../../src/errors.js";
import type { Secret } from "../../../src/security/identity.js";
import { ntHash } from "../../../src/security/ntlm/account.js";
import { decodeAuthenticate, takeMic } from "../../../src/security/ntlm/authenticate.js";
import { AV_IDS, type AvPair, avFlags, avText, findAvPair } from "../../../src/security/ntlm/av-pairs.js";
import { type Challenge, encodeChallenge } from "../../../src/security/ntlm/challenge.js";
import { hmacMd5 } from "../../../src/security/crypto/digests.js";
import { NTLM_FLAGS, type NtlmFlag, SUPPORTED_FLAGS } from "../../../src/security/ntlm/flags.js";
import type { NtlmInitiator } from "../../../src/security/ntlm/initiator.js";
import { decodeNegotiate } from "../../../src/security/ntlm/negotiate.js";
import { Rc4 } from "../../../src/security/crypto/rc4.js";
import { decodeNtResponse, ntowfV2, verifyNtResponse } from "../../../src/security/ntlm/response.js";
import { filetimeNow, hoursBetween } from "../../../src/security/ntlm/time.js";
import { PASSWORD, TARGET_NAME, ntlmInitiator } from "../support/exchange.js";

const TIMESTAMP = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const NAMES: readonly AvPair[] = [
  { id: AV_IDS.nbDomainName, value: encodeUtf16("EXAMPLE") },
  { id: AV_IDS.nbComputerName, value: encodeUtf16("PRINT") },
];
const CHALLENGE: Challenge = {
  flags: SUPPORTED_FLAGS,
  serverChallenge: Uint8Array.of(9, 8, 7, 6, 5, 4, 3, 2),
  targetName: "PRINT",
  targetInfo: [...NAMES, { id: AV_IDS.timestamp, value: TIMESTAMP }],
};

/** Lets the initiator answer a challenge, and takes its answer to pieces. */
async function answer(initiator: NtlmInitiator, challenge: Partial<Challenge> = {}) {
  const sent = { ...CHALLENGE, ...challenge };
  const challengeBytes = encodeChallenge(sent);
  const negotiate = await initiator.step(null);
  const step = await initiator.step(challengeBytes);
  if (negotiate.token === null || step.token === null) throw new Error("the initiator sent nothing");
  const message = decodeAuthenticate(step.token);
  const client = decodeNtResponse(message.ntResponse);
  return { step, bytes: step.token, message, client, exchange: [negotiate.token, challengeBytes] as const };
}

describe("NEGOTIATE of the initiator", () => {
  it("offers NTLMv2 with 128-bit keys, key exchange, signing and sealing", async () => {
    const { token, done } = await ntlmInitiator().step(null);
    expect(done).toBe(false);
    expect(token && decodeNegotiate(token).flags).toBe(0xe2888235);
  });

  it("asks for the secret at the first step, once, and not before", async () => {
    let asked = 0;
    const secret = () => Promise.resolve(asked++ === 0 ? PASSWORD : null);
    const initiator = ntlmInitiator({ secret });
    expect(asked).toBe(0);
    await answer(initiator);
    expect(asked).toBe(1);
  });

  it("is not sent without a user", async () => {
    const initiator = ntlmInitiator({ user: null });
    await expect(initiator.step(null)).rejects.toThrow(AuthenticationError);
    await expect(ntlmInitiator({ user: "DOM\\" }).step(null)).rejects.toThrow("needs a user name");
  });

  it("is not sent without a secret", async () => {
    const initiator = ntlmInitiator({ secret: () => Promise.resolve(null) });
    await expect(initiator.step(null)).rejects.toThrow("an NTLM logon as EXAMPLE\\alice needs a password");
  });
});

describe("AUTHENTICATE of the initiator ([MS-NLMP] 3.1.5.1.2)", () => {
  it.each([
    ["alice", "EXAMPLE", "EXAMPLE", "alice", "EXAMPLE\\alice"],
    ["alice", null, "", "alice", "alice"],
    ["Other\\alice", "EXAMPLE", "Other", "alice", "Other\\alice"],
    ["alice@example.com", null, "", "alice@example.com", "alice@example.com"],
    [".\\alice", null, ".", "alice", ".\\alice"],
  ])("names the account for %s and domain %s", async (user, given, domain, name, shown) => {
    const initiator = ntlmInitiator({ user, domain: given, workstation: "WS" });
    const { message } = await answer(initiator);
    expect(message).toMatchObject({ domain, user: name, workstation: "WS" });
    expect(initiator.user).toBe(shown);
    const key = ntowfV2(ntHash(PASSWORD), name, domain);
    expect(verifyNtResponse(key, CHALLENGE.serverChallenge, message.ntResponse)).not.toBeNull();
  });

  it("gives the computer's name as workstation, at most 15 characters", async () => {
    const { message } = await answer(ntlmInitiator());
    expect(message.workstation).toMatch(/^[^.]{1,15}$/);
  });

  it("with MsvAvTimestamp: that time, an LM response of zeros, and a MIC over the three messages", async () => {
    const initiator = ntlmInitiator();
    const { step, bytes, message, client, exchange } = await answer(initiator);
    expect(step.done).toBe(true);
    expect(client.time).toBe(0x0807060504030201n);
    expect(toHex(message.lmResponse)).toBe("00".repeat(24));
    expect(avFlags(client.avPairs)).toBe(2);
    expect(initiator.sendsMic).toBe(true);

    const { mic, unsigned } = takeMic(bytes);
    expect(toHex(mic)).toBe(toHex(hmacMd5(exportedKey(message), ...exchange, unsigned)));
  });

  it("without MsvAvTimestamp: the local time, an LMv2 response, no MIC and no flag for one", async () => {
    const initiator = ntlmInitiator();
    const { bytes, message, client } = await answer(initiator, { targetInfo: NAMES });
    expect(hoursBetween(client.time, filetimeNow())).toBeLessThan(1);
    const key = ntowfV2(ntHash(PASSWORD), "alice", "EXAMPLE");
    const proof = hmacMd5(key, CHALLENGE.serverChallenge, client.nonce);
    expect(toHex(message.lmResponse)).toBe(toHex(proof) + toHex(client.nonce));
    expect(findAvPair(client.avPairs, AV_IDS.flags)).toBeNull();
    expect(initiator.sendsMic).toBe(false);
    expect(toHex(takeMic(bytes).mic)).toBe("00".repeat(16));
  });

  it("returns the server's pairs, with flags, channel bindings and target name of its own", async () => {
    const fromServer: AvPair[] = [
      ...CHALLENGE.targetInfo,
      { id: AV_IDS.flags, value: Uint8Array.of(1, 0, 0, 0) },
      { id: AV_IDS.targetName, value: encodeUtf16("cifs/elsewhere") },
      { id: AV_IDS.channelBindings, value: new Uint8Array(16).fill(7) },
      { id: 0x77, value: Uint8Array.of(1, 2, 3) },
    ];
    const { client } = await answer(ntlmInitiator(), { targetInfo: fromServer });
    expect(client.avPairs.map(({ id }) => id)).toEqual([2, 1, 7, 0x77, 6, 10, 9]);
    expect(avFlags(client.avPairs)).toBe(3);
    expect(avText(client.avPairs, AV_IDS.targetName)).toBe(TARGET_NAME);
    expect(toHex(findAvPair(client.avPairs, AV_IDS.channelBindings) ?? new Uint8Array())).toBe("00".repeat(16));
    expect(toHex(findAvPair(client.avPairs, 0x77) ?? new Uint8Array())).toBe("010203");
  });

  it("clears the MIC flag of a server that set it, when it sends no MIC", async () => {
    const targetInfo = [...NAMES, { id: AV_IDS.flags, value: Uint8Array.of(3, 0, 0, 0) }];
    const { client } = await answer(ntlmInitiator(), { targetInfo });
    expect(avFlags(client.avPairs)).toBe(1);
  });

  it("intersects its flags with those of the CHALLENGE", async () => {
    const extra = 0x00020000 | 0x00000080 | 0x00000002;
    const { message } = await answer(ntlmInitiator(), { flags: (SUPPORTED_FLAGS | extra) & ~NTLM_FLAGS.key56 });
    expect(message.flags).toBe((SUPPORTED_FLAGS & ~NTLM_FLAGS.key56) >>> 0);
  });

  it("exchanges no key where the CHALLENGE does not grant it", async () => {
    const { message } = await answer(ntlmInitiator(), { flags: SUPPORTED_FLAGS & ~NTLM_FLAGS.keyExchange });
    expect(message.encryptedSessionKey).toHaveLength(0);
    expect(message.flags & NTLM_FLAGS.keyExchange).toBe(0);
  });

  it("uses nonce and session key once", async () => {
    const [one, two] = [await answer(ntlmInitiator()), await answer(ntlmInitiator())];
    expect(toHex(one.client.nonce)).not.toBe(toHex(two.client.nonce));
    expect(toHex(exportedKey(one.message))).not.toBe(toHex(exportedKey(two.message)));
  });

  it("takes an NT hash for the password", async () => {
    const secret: Secret = { kind: "nt-hash", hash: ntHash(PASSWORD) };
    const { message } = await answer(ntlmInitiator({ secret: () => Promise.resolve(secret) }));
    const key = ntowfV2(secret.hash, "alice", "EXAMPLE");
    expect(verifyNtResponse(key, CHALLENGE.serverChallenge, message.ntResponse)).not.toBeNull();
  });
});

describe("a CHALLENGE that is refused", () => {
  it.each(["unicode", "sign", "seal", "extendedSessionSecurity", "key128"] as NtlmFlag[])("lacks %s", async (flag) => {
    const attempt = answer(ntlmInitiator(), { flags: SUPPORTED_FLAGS & ~NTLM_FLAGS[flag] });
    await expect(attempt).rejects.toThrow(AuthenticationError);
    await expect(attempt).rejects.toThrow(`does not grant ${flag} (0x${NTLM_FLAGS[flag].toString(16)})`);
  });

  it.each([
    [AV_IDS.nbDomainName, "MsvAvNbDomainName"],
    [AV_IDS.nbComputerName, "MsvAvNbComputerName"],
  ])("lacks AvId %d (%s)", async (id, _name) => {
    const targetInfo = CHALLENGE.targetInfo.filter((pair) => pair.id !== id);
    await expect(answer(ntlmInitiator(), { targetInfo })).rejects.toThrow("lacks the names");
  });

  it("has more AV pairs than an answer can hold", async () => {
    const targetInfo = [...CHALLENGE.targetInfo, { id: 0x77, value: new Uint8Array(0xff80) }];
    await expect(answer(ntlmInitiator(), { targetInfo })).rejects.toThrow(ProtocolError);
  });

  it("is cut short anywhere", async () => {
    const bytes = encodeChallenge(CHALLENGE);
    for (let length = 0; length < bytes.length; length++) {
      const initiator = ntlmInitiator();
      await initiator.step(null);
      await expect(initiator.step(bytes.subarray(0, length)), `${length} bytes`).rejects.toThrow(DecodeError);
    }
  });
});

describe("the order of things", () => {
  it("a token before the first leg, or none after it, breaks the protocol", async () => {
    const initiator = ntlmInitiator();
    await expect(initiator.step(encodeChallenge(CHALLENGE))).rejects.toThrow(ProtocolError);
    await initiator.step(null);
    await expect(initiator.step(null)).rejects.toThrow(ProtocolError);
    await initiator.step(encodeChallenge(CHALLENGE));
    await expect(initiator.step(encodeChallenge(CHALLENGE))).rejects.toThrow("did not expect a token");
  });

  it("there are no keys before the end", async () => {
    const initiator = ntlmInitiator();
    await initiator.step(null);
    expect(() => initiator.getMic(new Uint8Array(1))).toThrow("has not come to its end");
    expect(() => initiator.user).toThrow("has not come to its end");
  });
});

function exportedKey({ ntResponse, encryptedSessionKey }: ReturnType<typeof decodeAuthenticate>): Uint8Array {
  const key = ntowfV2(ntHash(PASSWORD), "alice", "EXAMPLE");
  const sessionBaseKey = verifyNtResponse(key, CHALLENGE.serverChallenge, ntResponse);
  if (sessionBaseKey === null) throw new Error("the response does not verify");
  return new Rc4(sessionBaseKey).apply(encryptedSessionKey.slice());
}
