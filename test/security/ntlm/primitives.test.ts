import { md4 as referenceMd4 } from "hash-wasm";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.js";
import { md4 } from "../../../src/security/crypto/md4.js";
import { Rc4 } from "../../../src/security/crypto/rc4.js";

const ascii = (text: string) => new TextEncoder().encode(text);

describe("MD4", () => {
  it.each([
    ["", "31d6cfe0d16ae931b73c59d7e0c089c0"],
    ["a", "bde52cb31de33e46245e05fbdbd6fb24"],
    ["abc", "a448017aaf21d8525fc10ae87aa6729d"],
    ["message digest", "d9130a8164549fe818874806e1c7014b"],
    ["abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"],
    [
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "e33b4ddc9c38f2199c3e7b164fcc0536",
    ],
  ])("gives the digest of %j in RFC 1320 A.5", (text, digest) => {
    expect(toHex(md4(ascii(text)))).toBe(digest);
  });

  it("agrees with hash-wasm for every length across three blocks", async () => {
    for (let length = 0; length <= 200; length++) {
      const message = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
      expect(toHex(md4(message)), `${length} bytes`).toBe(await referenceMd4(message));
    }
  });

  it("does not change a message that is a view into a larger buffer", () => {
    const buffer = ascii("xxabcxx");
    expect(toHex(md4(buffer.subarray(2, 5)))).toBe("a448017aaf21d8525fc10ae87aa6729d");
    expect(buffer).toEqual(ascii("xxabcxx"));
  });
});

describe("RC4", () => {
  it.each([
    ["4b6579", ascii("Plaintext"), "bbf316e8d940af0ad3"],
    ["57696b69", ascii("pedia"), "1021bf0420"],
    ["536563726574", ascii("Attack at dawn"), "45a01f645fc35b383552544b9bf5"],
    // RFC 6229, key stream at offset 0
    ["0102030405", new Uint8Array(16), "b2396305f03dc027ccc3524a0a1118a8"],
    ["0102030405060708090a0b0c0d0e0f10", new Uint8Array(16), "9ac7cc9a609d1ef7b2932899cde41b97"],
    // [MS-NLMP] 4.2.2.2.3
    ["d87262b0cde4b1cb7499becccdf10784", fromHex("55".repeat(16)), "518822b1b3f350c8958682ecbb3e3cb7"],
  ])("with key %s", (key, data, expected) => {
    expect(toHex(new Rc4(fromHex(key)).apply(data.slice()))).toBe(expected);
  });

  it("goes on where it stopped ([MS-NLMP] 4.2.2.4: message, random pad, checksum, sequence number)", () => {
    const rc4 = new Rc4(fromHex("55".repeat(16)));
    expect(toHex(rc4.apply(fromHex("50006c00610069006e007400650078007400")))).toBe(
      "56fe04d861f9319af0d7238a2e3b4d457fb8",
    );
    expect(toHex(rc4.apply(fromHex("00000000")))).toBe("45c844e5");
    expect(toHex(rc4.apply(fromHex("7d84aa93")))).toBe("09dcd1df");
    expect(toHex(rc4.apply(fromHex("00000000")))).toBe("2e459d36");
  });

  it("reaches the key stream of RFC 6229 at offset 4096", () => {
    const stream = new Rc4(fromHex("0102030405060708090a0b0c0d0e0f10")).apply(new Uint8Array(4112));
    expect(toHex(stream.subarray(4096))).toBe("a36a4c301ae8ac13610ccbc12256cacc");
  });
});
