import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.js";
import { IntegrityError } from "../../../src/errors.js";
import { CtsDecryption, CtsEncryption } from "../../../src/security/kerberos/cts.js";

describe("AES with ciphertext stealing", () => {
  const key = Buffer.from("chicken teriyaki");
  const text = Buffer.from("I would like the General Gau's Chicken, please, and wonton soup.");
  const vectors: [length: number, cipher: string][] = [
    [17, "c6353568f2bf8cb4d8a580362da7ff7f97"],
    [31, "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5"],
    [32, "39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584"],
    [47, "97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e39312523a78662d5be7fcbcc98ebf5"],
    [48, "97687268d6ecccc0c07b25e25ecfe5849dad8bbb96c4cdc03bc103e1a194bbd839312523a78662d5be7fcbcc98ebf5a8"],
    [
      64,
      "97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a84807efe836ee89a526730dbc2f7bc8409dad8bbb96c4cdc03bc103e1a194bbd8",
    ],
  ];

  it.each(vectors)("encrypts and decrypts %i bytes as RFC 3962 B does", (length, cipher) => {
    expect(toHex(new CtsEncryption(key).encrypt(text.subarray(0, length)))).toBe(cipher);
    expect(toHex(new CtsDecryption(key).decrypt(fromHex(cipher)))).toBe(toHex(text.subarray(0, length)));
  });

  it("begins every message anew", () => {
    const encryption = new CtsEncryption(key);
    const decryption = new CtsDecryption(key);
    for (const [length, cipher] of [...vectors, ...vectors]) {
      expect(toHex(encryption.encrypt(text.subarray(0, length)))).toBe(cipher);
      expect(toHex(decryption.decrypt(fromHex(cipher)))).toBe(toHex(text.subarray(0, length)));
    }
  });

  it("leaves the plaintext as it was", () => {
    const encryption = new CtsEncryption(key);
    const plain = new Uint8Array(48).fill(1);
    encryption.encrypt(plain);
    encryption.encrypt(plain);
    expect(plain).toEqual(new Uint8Array(48).fill(1));
  });

  it("refuses less than a block", () => {
    expect(() => new CtsDecryption(key).decrypt(new Uint8Array(15))).toThrow(IntegrityError);
  });
});
