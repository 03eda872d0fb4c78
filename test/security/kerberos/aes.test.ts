import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.js";
import { IntegrityError } from "../../../src/errors.js";
import { decryptAes, deriveAesKey, encryptAes } from "../../../src/security/kerberos/aes.js";

describe("deriveAesKey", () => {
  const aes128 = fromHex("42263c6e89f4fc28b8df68ee09799f15");
  const aes256 = fromHex("fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161");

  it.each([
    [aes128, "checksum", "34280a382bc92769b2da2f9ef066854b"],
    [aes128, "encryption", "5b14fc4e250e14ddf9dccf1af6674f53"],
    [aes128, "integrity", "4ed31063621684f09ae8d89991af3e8f"],
    [aes256, "checksum", "bfab388bdcb238e9f9c98d6a878304f04d30c82556375ac507a7a852790f4674"],
    [aes256, "encryption", "c7cfd9cd75fe793a586a542d87e0d1396f1134a104bb1a9190b8c90ada3ddf37"],
    [aes256, "integrity", "97151b4c76945063e2eb0529dc067d97d7bba90776d8126d91f34f3101aea8ba"],
  ] as const)("derives the keys that MIT krb5 derives for usage 2", (base, purpose, derived) => {
    expect(toHex(deriveAesKey(base, 2, purpose))).toBe(derived);
  });
});

describe("AES-encrypted Kerberos messages", () => {
  // From MIT krb5's own tests (t_decrypt.c).
  it.each([
    [0, "5a5c0f0ba54f3828b2195e66ca24a289", "49ff8e11c173d9583a3254fbe7b1f1df36c538e8416784a1672e6676", ""],
    [1, "98450e3f3baa13f5c99beb936981b06f", "f86742f537b35dc2174a4dbaa920faf9042090b065e1ebb1cad9a65394", "1"],
  ])("decrypts what MIT krb5 encrypted for usage %i", (usage, key, cipher, plain) => {
    expect(Buffer.from(decryptAes(fromHex(key), usage, fromHex(cipher))).toString()).toBe(plain);
  });

  it.each([16, 32])("come back with a key of %i bytes, and with no other usage, key or bit", (size) => {
    const key = new Uint8Array(size).fill(7);
    const plain = Buffer.from("an Authenticator of a length that is no multiple of 16");
    const cipher = encryptAes(key, 11, plain);
    expect(cipher.length).toBe(plain.length + 28);
    expect(toHex(decryptAes(key, 11, cipher))).toBe(toHex(plain));
    expect(() => decryptAes(key, 12, cipher)).toThrow(IntegrityError);
    expect(() => decryptAes(new Uint8Array(size).fill(8), 11, cipher)).toThrow(IntegrityError);
    for (let bit = 0; bit < cipher.length * 8; bit += 5) {
      const flipped = cipher.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decryptAes(key, 11, flipped)).toThrow(IntegrityError);
    }
  });

  it("are refused in every truncated form", () => {
    const cipher = encryptAes(new Uint8Array(32), 11, Buffer.from("short"));
    for (let length = 0; length < cipher.length; length++)
      expect(() => decryptAes(new Uint8Array(32), 11, cipher.subarray(0, length))).toThrow(IntegrityError);
  });
});
