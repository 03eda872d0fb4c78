import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.js";
import { DecodeError, IntegrityError } from "../../src/errors.js";
import type { AuthLevel, Fragment } from "../../src/security/context.js";
import { ntHash } from "../../src/security/ntlm/account.js";
import {
  type Authenticate,
  decodeAuthenticate,
  encodeAuthenticate,
  setMic,
  takeMic,
} from "../../src/security/ntlm/authenticate.js";
import { type AvPair, decodeAvPairs, encodeAvPairs } from "../../src/security/ntlm/av-pairs.js";
import { type Challenge, decodeChallenge, encodeChallenge } from "../../src/security/ntlm/challenge.js";
import { decodeNegotiate, encodeNegotiate } from "../../src/security/ntlm/negotiate.js";
import { Rc4 } from "../../src/security/crypto/rc4.js";
import { computeResponses, decodeNtResponse, ntowfV2, verifyNtResponse } from "../../src/security/ntlm/response.js";
import { SUPPORTED_FLAGS } from "../../src/security/ntlm/flags.js";
import { NtlmSession } from "../../src/security/ntlm/session.js";
import { SpnegoAcceptor } from "../../src/security/spnego/acceptor.js";
import { SpnegoInitiator } from "../../src/security/spnego/initiator.js";
import { copyOf, exchange, ntlmAcceptor, ntlmInitiator } from "../security/support/exchange.js";

const RUNS = { numRuns: 200 };
const bytes = (minLength: number, maxLength = minLength) => fc.uint8Array({ minLength, maxLength });
const flags = fc.nat({ max: 0xffffffff });
const text = fc.string({ maxLength: 40, unit: "grapheme" });
const level = fc.constantFrom<AuthLevel[]>("packet", "integrity", "privacy");

/** Pairs of any kind but those whose length is fixed. */
const avPair: fc.Arbitrary<AvPair> = fc.record({
  id: fc.constantFrom(1, 2, 3, 4, 5, 8, 9, 11, 0xffff),
  value: bytes(0, 60),
});
const avPairs = fc.array(avPair, { maxLength: 8 });

const fragments: fc.Arbitrary<Fragment> = fc
  .tuple(bytes(0, 30), bytes(0, 200), bytes(0, 10))
  .map(([head, body, tail]) => ({
    bytes: new Uint8Array(Buffer.concat([head, body, tail])),
    bodyStart: head.length,
    bodyEnd: head.length + body.length,
  }));

describe("what is encoded is decoded", () => {
  it("NEGOTIATE", () => {
    fc.assert(
      fc.property(flags, (value) => {
        expect(decodeNegotiate(encodeNegotiate({ flags: value }))).toEqual({ flags: value });
      }),
      RUNS,
    );
  });

  it("CHALLENGE", () => {
    const challenge: fc.Arbitrary<Challenge> = fc.record({
      flags,
      serverChallenge: bytes(8),
      targetName: text,
      targetInfo: avPairs,
    });
    fc.assert(
      fc.property(challenge, (value) => {
        expect(decodeChallenge(encodeChallenge(value))).toEqual(value);
      }),
      RUNS,
    );
  });

  it("AUTHENTICATE, and its MIC", () => {
    const message: fc.Arbitrary<Authenticate> = fc.record({
      flags,
      domain: text,
      user: text,
      workstation: text,
      lmResponse: bytes(0, 24),
      ntResponse: bytes(0, 300),
      encryptedSessionKey: bytes(0, 16),
    });
    fc.assert(
      fc.property(message, bytes(16), (value, mic) => {
        const encoded = encodeAuthenticate(value);
        expect(decodeAuthenticate(encoded)).toEqual(value);
        const signed = encoded.slice();
        setMic(signed, mic);
        expect(takeMic(signed)).toEqual({ mic, unsigned: encoded });
      }),
      RUNS,
    );
  });

  it("AV pairs", () => {
    fc.assert(
      fc.property(avPairs, (pairs) => {
        expect(decodeAvPairs(encodeAvPairs(pairs), "pairs")).toEqual(pairs);
      }),
      RUNS,
    );
  });

  it("responses, which verify with their key and no other", () => {
    const client = fc.record({ time: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), nonce: bytes(8), avPairs });
    fc.assert(
      fc.property(fc.string(), text, text, bytes(8), client, (password, user, domain, serverChallenge, value) => {
        const key = ntowfV2(ntHash({ kind: "password", password }), user, domain);
        const { ntResponse, sessionBaseKey } = computeResponses(key, serverChallenge, value);
        expect(decodeNtResponse(ntResponse)).toEqual(value);
        expect(verifyNtResponse(key, serverChallenge, ntResponse)).toEqual(sessionBaseKey);
        expect(verifyNtResponse(sessionBaseKey, serverChallenge, ntResponse)).toBeNull();
      }),
      RUNS,
    );
  });

  it("RC4, in pieces of any size as in one", () => {
    fc.assert(
      fc.property(bytes(1, 256), fc.array(bytes(0, 40), { maxLength: 10 }), (key, pieces) => {
        const [sender, receiver, whole] = [new Rc4(key), new Rc4(key), new Rc4(key)];
        const sealed = Buffer.concat(pieces.map((piece) => sender.apply(piece.slice())));
        expect(Buffer.compare(sealed, whole.apply(Buffer.concat(pieces)))).toBe(0);
        expect(Buffer.compare(receiver.apply(sealed), Buffer.concat(pieces))).toBe(0);
      }),
      RUNS,
    );
  });
});

describe("any bytes are decoded or refused with a DecodeError", () => {
  const decoders = { decodeNegotiate, decodeChallenge, decodeAuthenticate, decodeNtResponse };

  it.each(Object.entries(decoders))("%s", (_name, decode) => {
    const valid = [
      encodeNegotiate({ flags: SUPPORTED_FLAGS }),
      encodeChallenge({ flags: 0, serverChallenge: new Uint8Array(8), targetName: "A", targetInfo: [] }),
    ];
    const mutated = fc
      .tuple(fc.constantFrom(...valid), fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 255 })), { maxLength: 6 }))
      .map(([message, changes]) => {
        const copy = message.slice();
        for (const [index, value] of changes) if (index < copy.length) copy[index] = value;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(bytes(0, 200), mutated), (message) => {
        try {
          decode(message);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      RUNS,
    );
  });
});

describe("protection", () => {
  const session = (side: "client" | "server", at: AuthLevel) =>
    new NtlmSession(SUPPORTED_FLAGS, new Uint8Array(16).fill(3), side).protect({ level: at, headerSigning: true });

  it("brings any fragments over in their order", () => {
    fc.assert(
      fc.property(level, fc.array(fragments, { maxLength: 6 }), (at, sent) => {
        const [client, server] = [session("client", at), session("server", at)];
        for (const original of sent) {
          const onTheWay = copyOf(original);
          server.unwrap(onTheWay, client.wrap(onTheWay));
          expect(toHex(onTheWay.bytes)).toBe(toHex(original.bytes));
        }
      }),
      RUNS,
    );
  });

  it("notices any flipped bit of fragment or token", () => {
    fc.assert(
      fc.property(level, fragments, fc.nat(), (at, original, pick) => {
        const token = session("client", at).wrap(original);
        const bit = pick % ((original.bytes.length + token.length) * 8);
        const [target, place] = bit < token.length * 8 ? [token, bit] : [original.bytes, bit - token.length * 8];
        target[place >> 3] = (target[place >> 3] ?? 0) ^ (1 << (place & 7));
        expect(() => {
          session("server", at).unwrap(original, token);
        }).toThrow(IntegrityError);
      }),
      RUNS,
    );
  });

  it("notices any fragment that is lost, repeated or out of its order", () => {
    fc.assert(
      fc.property(level, fc.array(fragments, { minLength: 2, maxLength: 5 }), fc.nat(), fc.nat(), (at, sent, a, b) => {
        const client = session("client", at);
        const onTheWay = sent.map((fragment) => ({ fragment, token: client.wrap(fragment) }));
        const order = onTheWay.map((_, i) => i);
        // One fragment goes to another place: over one that is lost there.
        const [to, from] = [a % order.length, b % order.length];
        fc.pre(to !== from);
        order[to] = from;
        const server = session("server", at);
        expect(() => {
          for (const index of order) {
            const next = onTheWay[index];
            if (next !== undefined) server.unwrap(copyOf(next.fragment), next.token);
          }
        }).toThrow(IntegrityError);
      }),
      RUNS,
    );
  });
});

it("a logon works for any account, password and domain, over both sides", async () => {
  const account = fc.record({
    user: text.filter((name) => name !== "" && !/[\\/@]/.test(name)),
    domain: text.filter((name) => !name.includes("\\")),
    password: text,
    timestamp: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(account, level, async ({ user, domain, password, timestamp }, at) => {
      const secret = { kind: "password", password } as const;
      const initiator = new SpnegoInitiator(ntlmInitiator({ user, domain, secret: () => Promise.resolve(secret) }));
      const acceptor = new SpnegoAcceptor({
        mechanisms: [ntlmAcceptor({ users: [{ name: user, secret }], timestamp })],
      });
      expect(await exchange(initiator, acceptor)).toHaveLength(4);
      const options = { level: at, headerSigning: true };
      const sent = { bytes: new Uint8Array(40), bodyStart: 16, bodyEnd: 32 };
      const token = initiator.protect(options).wrap(sent);
      acceptor.protect(options).unwrap(sent, token);
      expect(toHex(sent.bytes)).toBe("00".repeat(40));
    }),
    { numRuns: 100 },
  );
});
