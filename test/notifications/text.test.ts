import { describe, expect, it } from "vitest";
import { decodeTerminatedText } from "../../src/notifications/text.js";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "utf16le"));

describe("the text at the start of a notification ([MS-PAN] 2.2.7: UTF-16LE)", () => {
  it("is all of it when there is no NUL", () => {
    const { text, tail } = decodeTerminatedText(bytes("<a/>"));
    expect(text).toBe("<a/>");
    expect(tail).toHaveLength(0);
  });

  it("ends at the first NUL; the rest is a view of the same memory", () => {
    const whole = new Uint8Array([...bytes("<a/>\0"), 1, 0, 0, 2, 3]);
    const { text, tail } = decodeTerminatedText(whole);
    expect(text).toBe("<a/>");
    expect([...tail]).toEqual([1, 0, 0, 2, 3]);
    expect(tail.buffer).toBe(whole.buffer);
  });

  it("does not take the zero bytes of two neighbouring characters for a NUL", () => {
    expect(decodeTerminatedText(bytes("a\u3c00\u0041b\u0100")).text).toBe("a\u3c00Ab\u0100");
  });

  it("is read from an odd address as well", () => {
    const shifted = new Uint8Array([9, ...bytes("<a/>\0")]).subarray(1);
    expect(decodeTerminatedText(shifted).text).toBe("<a/>");
  });

  it("keeps a byte order mark, so that offsets fit the bytes", () => {
    expect(decodeTerminatedText(bytes("\ufeff<a/>")).text).toBe("\ufeff<a/>");
  });

  it.each([
    ["an odd number of bytes", [0x3c, 0, 0x61], /text at offset 2: an odd number of bytes \(3\)/],
    ["a high surrogate without its low one", [0x3c, 0, 0x00, 0xd8, 0x61, 0], /text at offset 2: a lone surrogate/],
    ["a low surrogate without its high one", [0x3c, 0, 0x61, 0, 0x00, 0xdc], /text at offset 4: a lone surrogate/],
    ["a surrogate pair the wrong way round", [0x00, 0xdc, 0x00, 0xd8], /text at offset 0: a lone surrogate/],
    ["a big-endian byte order mark", [0xfe, 0xff, 0, 0x3c], /big-endian/],
    ["UTF-8 with a byte order mark", [0xef, 0xbb, 0xbf, 0x3c], /UTF-8 instead of UTF-16LE/],
    ["single bytes", [0x3c, 0x61, 0x2f, 0x3e], /single bytes instead of UTF-16LE/],
  ])("refuses %s", (_, input, message) => {
    expect(() => decodeTerminatedText(new Uint8Array(input))).toThrow(message);
  });

  it("keeps characters outside the basic plane", () => {
    expect(decodeTerminatedText(bytes("\u{1f5a8}")).text).toBe("\u{1f5a8}");
  });
});
