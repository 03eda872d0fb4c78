import { beforeEach, describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.js";
import { IntegrityError, ProtocolError } from "../../../src/errors.js";
import { AUTH_LEVELS, type AuthLevel, type MessageProtection } from "../../../src/security/context.js";
import { NTLM_FLAGS, SUPPORTED_FLAGS } from "../../../src/security/ntlm/flags.js";
import { NtlmSession, SIGNATURE_SIZE } from "../../../src/security/ntlm/session.js";
import { copyOf, fragment } from "../support/exchange.js";

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i * 11);
const LEVELS = Object.keys(AUTH_LEVELS) as AuthLevel[];

/** Client and server of one logon, protecting at a level. */
function pair(level: AuthLevel, flags: number = SUPPORTED_FLAGS) {
  const options = { level, headerSigning: true };
  return {
    client: new NtlmSession(flags, KEY, "client").protect(options),
    server: new NtlmSession(flags, KEY, "server").protect(options),
  };
}

/** A protected fragment and what it was before. */
function wrapped(from: MessageProtection, length = 32) {
  const original = fragment(length);
  const sent = copyOf(original);
  return { original, sent, token: from.wrap(sent) };
}

describe.each(LEVELS)("at %s level", (level) => {
  let client: MessageProtection;
  let server: MessageProtection;

  beforeEach(() => {
    ({ client, server } = pair(level));
  });

  it("every bit of a fragment and of its token counts", () => {
    const { sent, token } = wrapped(client);
    const size = sent.bytes.length;
    for (let bit = 0; bit < (size + token.length) * 8; bit++) {
      const received = copyOf(sent);
      const receivedToken = token.slice();
      const [bytes, index] = bit < size * 8 ? [received.bytes, bit >> 3] : [receivedToken, (bit >> 3) - size];
      bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit & 7));
      expect(() => pair(level).server.unwrap(received, receivedToken), `bit ${bit}`).toThrow(IntegrityError);
    }
    expect(() => pair(level).server.unwrap(sent, token)).not.toThrow();
  });

  it("a token of another length is refused", () => {
    for (const length of [0, 15, 17]) {
      const { sent, token } = wrapped(pair(level).client);
      const other = new Uint8Array(length).fill(1);
      other.set(token.subarray(0, length));
      expect(() => pair(level).server.unwrap(sent, other), `${length} bytes`).toThrow(IntegrityError);
    }
  });

  it("zero octets behind a token are ignored ([MS-RPCE] 2.2.2.11)", () => {
    const { original, sent, token } = wrapped(client);
    server.unwrap(sent, Buffer.concat([token, new Uint8Array(4)]));
    expect(toHex(sent.bytes)).toBe(toHex(original.bytes));
  });

  it("a repeated fragment is refused", () => {
    const { sent, token } = wrapped(client);
    server.unwrap(copyOf(sent), token);
    expect(() => {
      server.unwrap(copyOf(sent), token);
    }).toThrow(IntegrityError);
  });

  it("fragments out of order are refused", () => {
    wrapped(client);
    const second = wrapped(client);
    expect(() => {
      server.unwrap(second.sent, second.token);
    }).toThrow("sequence number 0 does not verify");
  });

  it("a fragment sent back to its sender is refused", () => {
    const { sent, token } = wrapped(client);
    expect(() => {
      client.unwrap(sent, token);
    }).toThrow(IntegrityError);
  });

  it("sequence numbers count each direction by itself, from 0", () => {
    for (let sequence = 0; sequence < 3; sequence++) {
      const { token } = wrapped(client);
      expect(toHex(token.subarray(12))).toBe(`0${sequence}000000`);
    }
    expect(toHex(wrapped(server).token.subarray(12))).toBe("00000000");
    expect(client.tokenLength(5824)).toBe(SIGNATURE_SIZE);
  });

  it("changes no byte but those of the body, and those only at privacy level", () => {
    const { original, sent } = wrapped(client);
    const { bodyStart, bodyEnd } = original;
    expect(sent.bytes.subarray(0, bodyStart)).toEqual(original.bytes.subarray(0, bodyStart));
    expect(sent.bytes.subarray(bodyEnd)).toEqual(original.bytes.subarray(bodyEnd));
    const body = (bytes: Uint8Array) => toHex(bytes.subarray(bodyStart, bodyEnd));
    if (level === "privacy") expect(body(sent.bytes)).not.toBe(body(original.bytes));
    else expect(body(sent.bytes)).toBe(body(original.bytes));
  });

  it("signs the whole of a fragment whether or not header signing was agreed on", () => {
    const options = { level, headerSigning: false };
    const without = new NtlmSession(SUPPORTED_FLAGS, KEY, "client").protect(options);
    const original = fragment(32);
    expect(without.wrap(copyOf(original))).toEqual(client.wrap(copyOf(original)));
  });

  it("works without key exchange, whose checksums are in the clear", () => {
    const without = pair(level, SUPPORTED_FLAGS & ~NTLM_FLAGS.keyExchange);
    for (let i = 0; i < 3; i++) {
      const { original, sent, token } = wrapped(without.client);
      without.server.unwrap(sent, token);
      expect(sent.bytes).toEqual(original.bytes);
    }
  });
});

describe("mechListMICs ([MS-SPNG] 3.2.5.1, 3.3.5.1)", () => {
  const list = Uint8Array.of(0x30, 2, 6, 0);

  it("restart the RC4 handle, while the sequence numbers go on", () => {
    const withMic = new NtlmSession(SUPPORTED_FLAGS, KEY, "client");
    const without = new NtlmSession(SUPPORTED_FLAGS, KEY, "client");
    withMic.getMic(list);
    const zeros = { bytes: new Uint8Array(64), bodyStart: 0, bodyEnd: 64 };
    const options = { level: "privacy", headerSigning: true } as const;
    const [first, second] = [copyOf(zeros), copyOf(zeros)];
    const token = withMic.protect(options).wrap(first);
    const otherToken = without.protect(options).wrap(second);
    expect(toHex(first.bytes)).toBe(toHex(second.bytes));
    expect(toHex(token.subarray(12))).toBe("01000000");
    expect(toHex(otherToken.subarray(12))).toBe("00000000");
  });

  it("verify on the other side, and fragments follow", () => {
    const client = new NtlmSession(SUPPORTED_FLAGS, KEY, "client");
    const server = new NtlmSession(SUPPORTED_FLAGS, KEY, "server");
    server.verifyMic(list, client.getMic(list));
    client.verifyMic(list, server.getMic(list));
    const options = { level: "privacy", headerSigning: true } as const;
    const [ours, theirs] = [client.protect(options), server.protect(options)];
    for (const [from, to] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      const { original, sent, token } = wrapped(from);
      to.unwrap(sent, token);
      expect(sent.bytes).toEqual(original.bytes);
    }
  });

  it("do not verify over another list, or changed, or as the own one sent back", () => {
    const server = () => new NtlmSession(SUPPORTED_FLAGS, KEY, "server");
    const mic = new NtlmSession(SUPPORTED_FLAGS, KEY, "client").getMic(list);
    const changed = mic.slice();
    changed[7] = (changed[7] ?? 0) ^ 0x80;
    expect(() => {
      server().verifyMic(list.subarray(1), mic);
    }).toThrow(IntegrityError);
    expect(() => {
      server().verifyMic(list, changed);
    }).toThrow("the NTLM signature of the mechListMIC");
    expect(() => {
      const own = server();
      own.verifyMic(list, own.getMic(list));
    }).toThrow(IntegrityError);
  });
});

it("without sealing negotiated there is no privacy level", () => {
  const session = new NtlmSession(SUPPORTED_FLAGS & ~NTLM_FLAGS.seal, KEY, "server");
  expect(() => session.protect({ level: "privacy", headerSigning: true })).toThrow(ProtocolError);
  expect(() => session.protect({ level: "integrity", headerSigning: true })).not.toThrow();
});
