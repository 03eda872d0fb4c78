import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.js";
import { IntegrityError } from "../../../src/errors.js";
import type { Fragment, MessageProtection, ProtectionOptions } from "../../../src/security/context.js";
import { aesMac, deriveAesKey } from "../../../src/security/kerberos/aes.js";
import { CtsEncryption } from "../../../src/security/kerberos/cts.js";
import { createTokens, KerberosProtection } from "../../../src/security/kerberos/protection.js";
import { AES128, AES256, FRAGMENT, type Golden, ODD_FRAGMENT, RC4 } from "./golden.js";

const BODY_START = 24;
const PRIVACY: ProtectionOptions = { level: "privacy", headerSigning: true };

function fragment(bytes: Uint8Array | string): Fragment {
  const copy = new Uint8Array(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
  return { bytes: copy, bodyStart: BODY_START, bodyEnd: copy.length - 8 };
}

/** The two sides of a context, or one of them with its peer's role turned round. */
function side(golden: Golden, isAcceptor: boolean, options: ProtectionOptions, received = 0): MessageProtection {
  const key = { enctype: golden.enctype, value: fromHex(golden.subkey) };
  const initiator = { isAcceptor: false, sequence: golden.send + (isAcceptor ? received : 0) };
  const acceptor = { isAcceptor: true, sequence: golden.receive + (isAcceptor ? 0 : received) };
  const [sender, receiver] = isAcceptor ? [acceptor, initiator] : [initiator, acceptor];
  return new KerberosProtection(createTokens({ key, isAcceptorSubkey: true }, sender, receiver), options);
}

describe.each([
  ["AES256", AES256],
  ["AES128", AES128],
  ["RC4", RC4],
])("Kerberos protection with %s", (_, golden) => {
  it("verifies what MIT's server signed", () => {
    const client = side(golden, false, { level: "integrity", headerSigning: true });
    const received = fragment(FRAGMENT);
    client.unwrap(received, fromHex(golden.mic));
    expect(Buffer.from(received.bytes).toString()).toBe(FRAGMENT);
  });

  it("unseals what MIT's server sealed, and a body that is no whole number of blocks", () => {
    const client = side(golden, false, PRIVACY, 1);
    const whole = fragment(fromHex(golden.signed.bytes));
    client.unwrap(whole, fromHex(golden.signed.token));
    expect(Buffer.from(whole.bytes).toString()).toBe(FRAGMENT);

    const odd = fragment(fromHex(golden.odd.bytes));
    client.unwrap(odd, fromHex(golden.odd.token));
    expect(Buffer.from(odd.bytes).toString()).toBe(ODD_FRAGMENT);
  });

  it("refuses a changed bit in each byte of what MIT's server sealed", () => {
    const sealed = fromHex(golden.signed.bytes);
    const token = fromHex(golden.signed.token);
    for (let at = 0; at < sealed.length; at++)
      expect(() => side(golden, false, PRIVACY, 1).unwrap(fragment(flip(sealed, at)), token)).toThrow(IntegrityError);
    for (let at = 0; at < token.length; at++)
      expect(() => side(golden, false, PRIVACY, 1).unwrap(fragment(sealed), flip(token, at))).toThrow(IntegrityError);
  });

  it("refuses a changed bit in each byte of what MIT's server signed", () => {
    const signed = Buffer.from(FRAGMENT);
    const mic = fromHex(golden.mic);
    const client = () => side(golden, false, { level: "integrity", headerSigning: true });
    for (let at = 0; at < signed.length; at++)
      expect(() => client().unwrap(fragment(flip(signed, at)), mic)).toThrow(IntegrityError);
    for (let at = 0; at < mic.length; at++)
      expect(() => client().unwrap(fragment(FRAGMENT), flip(mic, at))).toThrow(IntegrityError);
  });

  it("ignores zero octets behind a token, and nothing else ([MS-RPCE] 2.2.2.11)", () => {
    const behind = (hex: string, end: number) => Buffer.concat([fromHex(hex), Uint8Array.of(0, 0, 0, end)]);
    const seal = (end: number) => {
      const received = fragment(fromHex(golden.signed.bytes));
      side(golden, false, PRIVACY, 1).unwrap(received, behind(golden.signed.token, end));
      return Buffer.from(received.bytes).toString();
    };
    const mic = (end: number) => {
      const client = side(golden, false, { level: "integrity", headerSigning: true });
      client.unwrap(fragment(FRAGMENT), behind(golden.mic, end));
    };
    expect(seal(0)).toBe(FRAGMENT);
    expect(() => mic(0)).not.toThrow();
    expect(() => seal(1)).toThrow(IntegrityError);
    expect(() => mic(1)).toThrow(IntegrityError);
  });

  it("refuses a signature that is repeated or comes too early", () => {
    const options: ProtectionOptions = { level: "integrity", headerSigning: true };
    const client = side(golden, false, options);
    client.unwrap(fragment(FRAGMENT), fromHex(golden.mic));
    expect(() => client.unwrap(fragment(FRAGMENT), fromHex(golden.mic))).toThrow("sequence number");
    const late = side(golden, false, options, 1);
    expect(() => late.unwrap(fragment(FRAGMENT), fromHex(golden.mic))).toThrow("sequence number");
  });

  it("refuses our own signature sent back", () => {
    const options: ProtectionOptions = { level: "integrity", headerSigning: true };
    const own = side(golden, false, options).wrap(fragment(FRAGMENT));
    expect(() => side(golden, false, options).unwrap(fragment(FRAGMENT), own)).toThrow(IntegrityError);
  });

  it("never seals the same bytes alike: a confounder goes before them", () => {
    const sealed = () => {
      const sent = fragment(FRAGMENT);
      side(golden, false, PRIVACY).wrap(sent);
      return toHex(sent.bytes.subarray(sent.bodyStart, sent.bodyEnd));
    };
    // The confounder of RC4 is encrypted by itself; that of AES chains into the body.
    const token = () => toHex(side(golden, false, PRIVACY).wrap(fragment(FRAGMENT)).subarray(-16));
    expect(token()).not.toBe(token());
    if (golden !== RC4) expect(sealed()).not.toBe(sealed());
  });

  it("refuses every truncated token", () => {
    const token = fromHex(golden.signed.token);
    for (let length = 0; length < token.length; length++)
      expect(() =>
        side(golden, false, PRIVACY, 1).unwrap(fragment(fromHex(golden.signed.bytes)), token.subarray(0, length)),
      ).toThrow(IntegrityError);
    const mic = fromHex(golden.mic);
    const client = side(golden, false, { level: "packet", headerSigning: true });
    for (let length = 0; length < mic.length; length++)
      expect(() => client.unwrap(fragment(FRAGMENT), mic.subarray(0, length))).toThrow(IntegrityError);
  });

  it("refuses a fragment that is repeated, comes too early, or is our own", () => {
    const client = side(golden, false, PRIVACY, 1);
    client.unwrap(fragment(fromHex(golden.signed.bytes)), fromHex(golden.signed.token));
    expect(() => client.unwrap(fragment(fromHex(golden.signed.bytes)), fromHex(golden.signed.token))).toThrow(
      "sequence number",
    );
    const early = side(golden, false, PRIVACY, 0);
    expect(() => early.unwrap(fragment(fromHex(golden.signed.bytes)), fromHex(golden.signed.token))).toThrow(
      "sequence number",
    );
    const reflected = fragment(FRAGMENT);
    const own = client.wrap(reflected);
    expect(() => side(golden, false, PRIVACY).unwrap(reflected, own)).toThrow(IntegrityError);
  });

  it("does not take a signature where privacy was agreed on, nor a seal where it was not", () => {
    expect(() => side(golden, false, PRIVACY).unwrap(fragment(FRAGMENT), fromHex(golden.mic))).toThrow(IntegrityError);
    const integrity = side(golden, false, { level: "integrity", headerSigning: true }, 1);
    const sealed = fragment(fromHex(golden.signed.bytes));
    expect(() => integrity.unwrap(sealed, fromHex(golden.signed.token))).toThrow(IntegrityError);
  });

  const options: ProtectionOptions[] = (["packet", "integrity", "privacy"] as const).flatMap((level) => [
    { level, headerSigning: true },
    { level, headerSigning: false },
  ]);

  it.each(options)("carries any bodies in their order at $level, header signing $headerSigning", (chosen) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 5 }), (bodies) => {
        const client = side(golden, false, chosen);
        const server = side(golden, true, chosen);
        for (const body of bodies) {
          const sent = fragment(Buffer.concat([Buffer.alloc(BODY_START, 1), body, Buffer.alloc(8, 2)]));
          const original = toHex(sent.bytes);
          const token = client.wrap(sent);
          expect(token.length).toBe(client.tokenLength(body.length));
          server.unwrap(sent, token);
          expect(toHex(sent.bytes)).toBe(original);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("signs the header when that was agreed on, and only then", () => {
    for (const headerSigning of [true, false]) {
      const chosen: ProtectionOptions = { level: "privacy", headerSigning };
      const sent = fragment(FRAGMENT);
      const token = side(golden, false, chosen).wrap(sent);
      sent.bytes[0] = 0;
      const receive = () => side(golden, true, chosen).unwrap(sent, token);
      if (headerSigning) expect(receive).toThrow(IntegrityError);
      else expect(receive).not.toThrow();
    }
  });
});

describe("tokens of RFC 4121", () => {
  const BODY = fc.uint8Array({ maxLength: 64 });

  it("have 16 bytes of filler, are rotated by 28 and say who sends", () => {
    const sent = fragment(FRAGMENT);
    const token = side(AES256, false, PRIVACY).wrap(sent);
    const sequence = AES256.send.toString(16).padStart(16, "0");
    expect(toHex(token.subarray(0, 16))).toBe(`050406ff0010001c${sequence}`);
    expect(token.length).toBe(76);
    const mic = side(AES256, false, { level: "integrity", headerSigning: true }).wrap(sent);
    expect(toHex(mic.subarray(0, 16))).toBe(`040404ffffffffff${sequence}`);
  });

  it("are read with any filler and rotation, whatever the encrypted header says of the latter", () => {
    fc.assert(
      fc.property(fc.nat(64), fc.nat(0xffff), fc.nat(0xffff), BODY, (filler, rotation, innerRotation, body) => {
        const received = fragment(Buffer.concat([Buffer.alloc(BODY_START, 1), body, Buffer.alloc(8, 2)]));
        const original = toHex(received.bytes);
        const token = sealAsServer(AES256, received, { filler, rotation, innerRotation });
        side(AES256, false, PRIVACY).unwrap(received, token);
        expect(toHex(received.bytes)).toBe(original);
      }),
      { numRuns: 200 },
    );
  });
});

describe("tokens of RFC 4757", () => {
  it("have 45 bytes, their sequence number in ciphertext", () => {
    const token = side(RC4, false, PRIVACY).wrap(fragment(FRAGMENT));
    expect(toHex(token.subarray(0, 21))).toBe("602b06092a864886f712010202020111001000ffff");
    expect(token.length).toBe(45);
  });
});

/** A server that chooses filler and rotation: the wire form written down as [RFC 4121] 4.2.4 and 4.2.5 say it. */
function sealAsServer(
  golden: Golden,
  { bytes, bodyStart, bodyEnd }: Fragment,
  { filler, rotation, innerRotation }: { filler: number; rotation: number; innerRotation: number },
) {
  const key = fromHex(golden.subkey);
  const body = bytes.subarray(bodyStart, bodyEnd);
  const header = Buffer.alloc(16);
  header.set([5, 4, 7, 0xff]);
  header.writeUInt16BE(filler, 4);
  header.writeUInt16BE(innerRotation, 6);
  header.writeUInt32BE(golden.receive, 12);
  const confounder = Buffer.alloc(16, 9);
  const end = Buffer.concat([Buffer.alloc(filler, 0x5a), header]);
  const sealed = new CtsEncryption(deriveAesKey(key, 22, "encryption")).encrypt(Buffer.concat([confounder, body, end]));
  const signed = [confounder, bytes.subarray(0, bodyStart), body, bytes.subarray(bodyEnd), end];
  const straight = Buffer.concat([sealed, aesMac(deriveAesKey(key, 22, "integrity"), signed)]);
  const split = straight.length - ((rotation + filler) % straight.length);
  const rotated = Buffer.concat([straight.subarray(split), straight.subarray(0, split)]);
  header.writeUInt16BE(rotation, 6);
  bytes.set(rotated.subarray(rotated.length - body.length), bodyStart);
  return Buffer.concat([header, rotated.subarray(0, rotated.length - body.length)]);
}

/** A copy with one bit changed in one byte: another bit from byte to byte. */
function flip(bytes: Uint8Array, at: number): Uint8Array {
  const flipped = new Uint8Array(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << (at & 7));
  return flipped;
}
