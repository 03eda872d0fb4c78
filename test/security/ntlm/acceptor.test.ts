import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.js";
import { encodeUtf16 } from "../../../src/bytes/utf16.js";
import { AuthenticationError, DecodeError, IntegrityError, ProtocolError } from "../../../src/errors.js";
import { ntHash } from "../../../src/security/ntlm/account.js";
import type { NtlmAcceptor } from "../../../src/security/ntlm/acceptor.js";
import { type Authenticate, encodeAuthenticate, setMic } from "../../../src/security/ntlm/authenticate.js";
import { AV_IDS, type AvPair, avTimestamp } from "../../../src/security/ntlm/av-pairs.js";
import { decodeChallenge } from "../../../src/security/ntlm/challenge.js";
import { hmacMd5 } from "../../../src/security/crypto/digests.js";
import { NTLM_FLAGS, type NtlmFlag, SUPPORTED_FLAGS } from "../../../src/security/ntlm/flags.js";
import { encodeNegotiate } from "../../../src/security/ntlm/negotiate.js";
import { Rc4 } from "../../../src/security/crypto/rc4.js";
import { type ClientChallenge, computeResponses, ntowfV2 } from "../../../src/security/ntlm/response.js";
import { filetimeNow } from "../../../src/security/ntlm/time.js";
import { PASSWORD, TARGET_NAME, exchange, fragment, ntlmAcceptor, ntlmInitiator } from "../support/exchange.js";

const HOUR = 36_000_000_000n;

interface Forgery {
  /** Flags of the NEGOTIATE message. */
  offered?: number;
  user?: string;
  domain?: string;
  /** The domain that goes into the response key, where it is not that of the message. */
  domainOfKey?: string;
  client?: Partial<ClientChallenge>;
  message?: Partial<Authenticate>;
  /** Pairs after those of the challenge; MsvAvFlags with 2 makes it sign. */
  pairs?: AvPair[];
}

/** A client written by hand, which can do what NtlmInitiator never would. Returns its AUTHENTICATE message. */
async function logOn(acceptor: NtlmAcceptor, forgery: Forgery = {}): Promise<Uint8Array> {
  const { offered = SUPPORTED_FLAGS, user = "alice", domain = "EXAMPLE", pairs = [] } = forgery;
  const negotiate = encodeNegotiate({ flags: offered });
  const { token: challengeBytes } = await acceptor.step(negotiate);
  if (challengeBytes === null) throw new Error("no challenge");
  const challenge = decodeChallenge(challengeBytes);
  const key = ntowfV2(ntHash(PASSWORD), user, forgery.domainOfKey ?? domain);
  const client: ClientChallenge = {
    time: avTimestamp(challenge.targetInfo) ?? filetimeNow(),
    nonce: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    avPairs: [...challenge.targetInfo, ...pairs],
    ...forgery.client,
  };
  const responses = computeResponses(key, challenge.serverChallenge, client);
  const exported = new Uint8Array(16).fill(0x42);
  const message = encodeAuthenticate({
    flags: offered & challenge.flags,
    user,
    domain,
    workstation: "WS",
    lmResponse: responses.lmResponse,
    ntResponse: responses.ntResponse,
    encryptedSessionKey: new Rc4(responses.sessionBaseKey).apply(exported.slice()),
    ...forgery.message,
  });
  if (pairs.some(({ id }) => id === AV_IDS.flags))
    setMic(message, hmacMd5(exported, negotiate, challengeBytes, message));
  await acceptor.step(message);
  return message;
}

const SIGNED: AvPair = { id: AV_IDS.flags, value: Uint8Array.of(2, 0, 0, 0) };

describe("CHALLENGE of the acceptor ([MS-NLMP] 3.2.5.1.1)", () => {
  it("grants what the client offered, and carries names and time", async () => {
    const { token, done } = await ntlmAcceptor().step(encodeNegotiate({ flags: SUPPORTED_FLAGS }));
    expect(done).toBe(false);
    const challenge = decodeChallenge(token ?? new Uint8Array());
    expect(challenge.flags).toBe(0xe28a8235);
    expect(challenge.targetName).toBe("PRINT");
    expect(challenge.targetInfo.map(({ id }) => id)).toEqual([2, 1, 4, 3, 7]);
  });

  it("does not grant what was not offered", async () => {
    const flags = SUPPORTED_FLAGS & ~(NTLM_FLAGS.seal | NTLM_FLAGS.keyExchange | NTLM_FLAGS.version);
    const { token } = await ntlmAcceptor().step(encodeNegotiate({ flags }));
    expect(decodeChallenge(token ?? new Uint8Array()).flags).toBe(0xa08a8215);
  });

  it("is another one each time", async () => {
    const challenges = await Promise.all(
      [ntlmAcceptor(), ntlmAcceptor()].map((acceptor) => acceptor.step(encodeNegotiate({ flags: SUPPORTED_FLAGS }))),
    );
    const [one, two] = challenges.map(({ token }) => toHex(decodeChallenge(token ?? new Uint8Array()).serverChallenge));
    expect(one).not.toBe(two);
  });

  it.each(["unicode", "sign", "extendedSessionSecurity", "key128"] as NtlmFlag[])(
    "is not given to a client without %s",
    async (flag) => {
      const negotiate = encodeNegotiate({ flags: SUPPORTED_FLAGS & ~NTLM_FLAGS[flag] });
      await expect(ntlmAcceptor().step(negotiate)).rejects.toThrow(`it lacks ${flag}`);
    },
  );
});

describe("who may log on", () => {
  it.each([
    ["ALICE", "EXAMPLE", "EXAMPLE\\Alice"],
    ["alice", "", "Alice"],
    ["alice", "any.other.domain", "any.other.domain\\Alice"],
    ["alice@example.com", "", "Alice"],
  ])("%s of domain %j does, as %s", async (user, domain, shown) => {
    const acceptor = ntlmAcceptor();
    await logOn(acceptor, { user, domain });
    expect(acceptor.user).toBe(shown);
  });

  it("a client that computes its response without the domain does (3.2.5.1.2)", async () => {
    await expect(logOn(ntlmAcceptor(), { domainOfKey: "" })).resolves.toBeDefined();
  });

  it("nobody does with a wrong password or as an unknown user, and both are told the same", async () => {
    const secret = () => Promise.resolve({ kind: "password", password: "Wr0ng" } as const);
    const wrong = exchange(ntlmInitiator({ secret }), ntlmAcceptor());
    await expect(wrong).rejects.toThrow(AuthenticationError);
    await expect(wrong).rejects.toThrow("the logon of EXAMPLE\\alice failed: unknown user or wrong password");
    const unknown = exchange(ntlmInitiator({ user: "mallory" }), ntlmAcceptor());
    await expect(unknown).rejects.toThrow("the logon of EXAMPLE\\mallory failed: unknown user or wrong password");
  });

  it("names in errors are short and have no control characters", async () => {
    const user = `\u001b[31m${"x".repeat(1000)}`;
    const error: unknown = await logOn(ntlmAcceptor(), { user }).catch((problem: unknown) => problem);
    expect((error as Error).message).toMatch(/^the logon of EXAMPLE\\\?\[31mx{50,80} failed/);
  });

  it("nobody does without a password, or with NTLMv1", async () => {
    const anonymous = {
      user: "",
      domain: "",
      message: { ntResponse: new Uint8Array(), lmResponse: new Uint8Array(1) },
    };
    await expect(logOn(ntlmAcceptor(), anonymous)).rejects.toThrow("anonymous");
    const old = { message: { ntResponse: new Uint8Array(24) } };
    await expect(logOn(ntlmAcceptor(), old)).rejects.toThrow("no NTLMv2 response");
  });

  it("an account with an NT hash does", async () => {
    const users = [{ name: "alice", secret: { kind: "nt-hash", hash: ntHash(PASSWORD) } as const }];
    await expect(logOn(ntlmAcceptor({ users }))).resolves.toBeDefined();
  });
});

describe("what the response must be for", () => {
  it("tells the target name, and takes it or not", async () => {
    const asked: (string | null)[] = [];
    const acceptsTarget = (name: string | null) => asked.push(name) > 0 && name === TARGET_NAME;
    const target = (name: string) => [{ id: AV_IDS.targetName, value: encodeUtf16(name) }];
    await logOn(ntlmAcceptor({ acceptsTarget }), { pairs: target(TARGET_NAME) });
    const attempt = logOn(ntlmAcceptor({ acceptsTarget }), { pairs: target("host/elsewhere") });
    await expect(attempt).rejects.toThrow("is meant for host/elsewhere, not for this server");
    await expect(logOn(ntlmAcceptor({ acceptsTarget }))).rejects.toThrow("no particular service");
    expect(asked).toEqual([TARGET_NAME, "host/elsewhere", null]);
  });

  it("for any channel: bindings are absent, zero or of another value", async () => {
    const bindings = (byte: number) => [{ id: AV_IDS.channelBindings, value: new Uint8Array(16).fill(byte) }];
    await expect(logOn(ntlmAcceptor(), { pairs: bindings(0) })).resolves.toBeDefined();
    await expect(logOn(ntlmAcceptor(), { pairs: bindings(1) })).resolves.toBeDefined();
  });

  it("not for another time: 36 hours on either side", async () => {
    for (const hours of [-35n, 35n])
      await expect(logOn(ntlmAcceptor(), { client: { time: filetimeNow() + hours * HOUR } })).resolves.toBeDefined();
    for (const hours of [-37n, 37n])
      await expect(logOn(ntlmAcceptor(), { client: { time: filetimeNow() + hours * HOUR } })).rejects.toThrow(
        "37 hours",
      );
    await expect(logOn(ntlmAcceptor(), { client: { time: 0n } })).rejects.toThrow(AuthenticationError);
  });

  it("for this challenge: its pairs come back as they were", async () => {
    await expect(logOn(ntlmAcceptor(), { client: { avPairs: [] } })).rejects.toThrow(IntegrityError);
  });
});

describe("the MIC ([MS-NLMP] 3.2.5.1.2)", () => {
  it("verifies over the three messages, and demands a mechListMIC", async () => {
    const [signed, unsigned] = [ntlmAcceptor(), ntlmAcceptor()];
    await logOn(signed, { pairs: [SIGNED] });
    expect(signed.sendsMic).toBe(true);
    await logOn(unsigned);
    expect(unsigned.sendsMic).toBe(false);
  });

  it("notices a change of what nothing else covers: the flags of NEGOTIATE and the workstation", async () => {
    const negotiate = exchange(ntlmInitiator(), ntlmAcceptor(), (token, leg) =>
      leg === 0 ? encodeNegotiate({ flags: SUPPORTED_FLAGS & ~NTLM_FLAGS.key56 }) : token,
    );
    await expect(negotiate).rejects.toThrow(IntegrityError);
    const workstation = exchange(ntlmInitiator({ workstation: "QQ" }), ntlmAcceptor(), (token, leg) =>
      leg === 2
        ? new Uint8Array(Buffer.from(Buffer.from(token).toString("latin1").replace("Q\0Q\0", "Z\0Z\0"), "latin1"))
        : token,
    );
    await expect(workstation).rejects.toThrow("the MIC of the NTLM exchange does not verify");
  });
});

describe("keys", () => {
  it.each([0, 15, 17])("an EncryptedRandomSessionKey of %d bytes is refused", async (length) => {
    const message = { encryptedSessionKey: new Uint8Array(length) };
    await expect(logOn(ntlmAcceptor(), { message })).rejects.toThrow(ProtocolError);
  });

  it("are exchanged only where both sides said so", async () => {
    const flags = SUPPORTED_FLAGS & ~NTLM_FLAGS.keyExchange;
    const message = { encryptedSessionKey: new Uint8Array(0) };
    await expect(logOn(ntlmAcceptor(), { offered: flags, message })).resolves.toBeDefined();
  });

  it("AUTHENTICATE may not take back what made the session strong", async () => {
    const message = { flags: SUPPORTED_FLAGS & ~NTLM_FLAGS.key128 };
    await expect(logOn(ntlmAcceptor(), { message })).rejects.toThrow("it lacks key128");
  });

  it("a client without sealing signs, and gets no privacy", async () => {
    const acceptor = ntlmAcceptor();
    await logOn(acceptor, { offered: SUPPORTED_FLAGS & ~NTLM_FLAGS.seal });
    expect(() => acceptor.protect({ level: "privacy", headerSigning: true })).toThrow(ProtocolError);
    expect(acceptor.protect({ level: "integrity", headerSigning: true }).wrap(fragment(8))).toHaveLength(16);
  });
});

describe("the order of things", () => {
  it("every truncated AUTHENTICATE is refused", async () => {
    const whole = await logOn(ntlmAcceptor(), { pairs: [SIGNED] });
    for (let length = 0; length < whole.length; length++) {
      const acceptor = ntlmAcceptor();
      await acceptor.step(encodeNegotiate({ flags: SUPPORTED_FLAGS }));
      await expect(acceptor.step(whole.subarray(0, length)), `${length} bytes`).rejects.toThrow(DecodeError);
    }
  });

  it("messages out of order are refused", async () => {
    const acceptor = ntlmAcceptor();
    await expect(acceptor.step(null)).rejects.toThrow(ProtocolError);
    const negotiate = encodeNegotiate({ flags: SUPPORTED_FLAGS });
    await acceptor.step(negotiate);
    await expect(acceptor.step(negotiate)).rejects.toThrow(DecodeError);
    expect(() => acceptor.user).toThrow("has not come to its end");
    const done = ntlmAcceptor();
    const message = await logOn(done);
    await expect(done.step(message)).rejects.toThrow(ProtocolError);
  });

  it("a challenge is good for one response only", async () => {
    const acceptor = ntlmAcceptor();
    const right = ntlmInitiator();
    const { token: challenge } = await acceptor.step((await right.step(null)).token);
    const { token: response } = await right.step(challenge);
    const guess = Uint8Array.from(response ?? []);
    guess.fill(0, -20);
    await expect(acceptor.step(guess)).rejects.toThrow(IntegrityError);
    await expect(acceptor.step(response)).rejects.toThrow(ProtocolError);
  });

  it("takes tokens that are Buffers, whose slice() does not copy", async () => {
    const [initiator, acceptor] = [ntlmInitiator(), ntlmAcceptor()];
    await exchange(initiator, acceptor, (token) => Buffer.from(token));
    const sent = fragment(32);
    const token = initiator.protect({ level: "privacy", headerSigning: true }).wrap(sent);
    expect(() => {
      acceptor.protect({ level: "privacy", headerSigning: true }).unwrap(sent, token);
    }).not.toThrow();
  });
});
