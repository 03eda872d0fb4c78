import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hmacMd5, md5, type Ciphered } from "../../../src/security/crypto/digests.js";
import { Rc4 } from "../../../src/security/crypto/rc4.js";
import { PlainRc4 } from "./plain-rc4.js";

/** Beside, on and over the bounds of a block, of two, and of the compiled code's memory. */
const SIZES = [0, 1, 55, 56, 63, 64, 65, 127, 128, 129, 191, 192, 193, 5840, 8191, 8192, 8193, 20_000];

const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...SIZES).map(counting));
const key = fc.uint8Array({ minLength: 1, maxLength: 256 });
/** Parts of a message, and for each whether it is ciphered. */
const parts = fc.array(fc.record({ bytes, ciphered: fc.boolean() }), { maxLength: 5 });

describe("the compiled code is the plain one", () => {
  it("RC4, whatever the pieces", () => {
    fc.assert(
      fc.property(key, fc.array(bytes, { maxLength: 4 }), (key, pieces) => {
        const [compiled, plain] = [new Rc4(key), new PlainRc4(key)];
        for (const piece of pieces) expectSame([compiled.apply(piece.slice())], [plain.apply(piece.slice())]);
      }),
    );
  });

  it("MD5 and HMAC-MD5, whatever the parts", () => {
    fc.assert(
      fc.property(key, fc.array(bytes, { maxLength: 5 }), (key, parts) => {
        const all = Buffer.concat(parts);
        expect(Buffer.from(md5(...parts))).toEqual(createHash("md5").update(all).digest());
        expect(Buffer.from(hmacMd5(key, ...parts))).toEqual(createHmac("md5", key).update(all).digest());
      }),
    );
  });

  it.each(["seal", "unseal"] as const)("digests the clear text and ciphers it at once: %s", (way) => {
    fc.assert(
      fc.property(key, parts, (key, parts) => {
        const [compiled, plain] = [new Rc4(key), new PlainRc4(key)];
        const given = parts.map((part) => part.bytes.slice());
        const ciphered = parts.map((part) => (part.ciphered ? plain.apply(part.bytes.slice()) : part.bytes));
        const clear = way === "seal" ? parts.map((part) => part.bytes) : ciphered;

        const digest = hmacMd5(key, ...given.map((bytes, i) => partOf(bytes, parts[i]?.ciphered === true)));
        expectSame(given, ciphered);
        expect(Buffer.from(digest)).toEqual(createHmac("md5", key).update(Buffer.concat(clear)).digest());
        // The key stream goes on where it was.
        expect(compiled.apply(counting(100))).toEqual(plain.apply(counting(100)));

        function partOf(bytes: Uint8Array, isCiphered: boolean): Uint8Array | Ciphered {
          return isCiphered ? { bytes, rc4: compiled, way } : bytes;
        }
      }),
    );
  });

  it("two key streams do not disturb each other", () => {
    const [a, b] = [new Rc4(counting(16)), new Rc4(counting(5))];
    const mixed = [a.apply(counting(300)), b.apply(counting(300)), a.apply(counting(300))];
    const [plainA, plainB] = [new PlainRc4(counting(16)), new PlainRc4(counting(5))];
    expect(mixed).toEqual([plainA.apply(counting(300)), plainB.apply(counting(300)), plainA.apply(counting(300))]);
  });
});

/** Compares quickly what may be large. */
function expectSame(ours: readonly Uint8Array[], theirs: readonly Uint8Array[]): void {
  const [left, right] = [Buffer.concat(ours), Buffer.concat(theirs)];
  if (!left.equals(right)) expect(left.toString("hex")).toBe(right.toString("hex"));
}

function counting(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => i * 31 + (i >> 8));
}
