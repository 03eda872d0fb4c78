import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.js";
import { IntegrityError } from "../../../src/errors.js";
import { decryptRc4, encryptRc4 } from "../../../src/security/kerberos/rc4-hmac.js";

describe("rc4-hmac", () => {
  // From MIT krb5's own tests (t_decrypt.c).
  it.each([
    [0, "f81fec39255f5784e850c4377c88bd85", "02c1eb15586144122ec717763dd348bf00434ddc6585954c", ""],
    [1, "67d1300d281223867f9647ff48721273", "6156e0cc04e0a0874f9fda008f498a7adbbc80b70b14dddbc0", "1"],
  ])("decrypts what MIT krb5 encrypted for usage %i", (usage, key, cipher, plain) => {
    expect(Buffer.from(decryptRc4(fromHex(key), usage, fromHex(cipher))).toString()).toBe(plain);
  });

  it("comes back, and not with another usage, key or byte", () => {
    const key = new Uint8Array(16).fill(7);
    const plain = Buffer.from("an AP-REP");
    const cipher = encryptRc4(key, 12, plain);
    expect(toHex(decryptRc4(key, 12, cipher))).toBe(toHex(plain));
    expect(() => decryptRc4(key, 11, cipher)).toThrow(IntegrityError);
    expect(() => decryptRc4(new Uint8Array(16).fill(8), 12, cipher)).toThrow(IntegrityError);
    for (let at = 0; at < cipher.length; at++) {
      const changed = new Uint8Array(cipher);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => decryptRc4(key, 12, changed)).toThrow(IntegrityError);
      expect(() => decryptRc4(key, 12, cipher.subarray(0, at))).toThrow(IntegrityError);
    }
  });
});
