import { describe, expect, it } from "vitest";
import { decodeText } from "../../../src/cli/render/text-of-bytes.js";

const utf16 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "utf16le"));
const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "utf8"));

describe("text of bytes", () => {
  it.each([
    ["UTF-16LE with its NUL", utf16("<a/>\0"), "<a/>"],
    ["UTF-16LE without", utf16("Grüße"), "Grüße"],
    ["UTF-16LE with a byte order mark", utf16("\ufeff印刷"), "印刷"],
    ["UTF-8", utf8("Grüße, 印刷\n"), "Grüße, 印刷\n"],
    ["ASCII, which could be Chinese in UTF-16LE", utf8("abcdef"), "abcdef"],
    ["nothing", new Uint8Array(), ""],
    ["a document with what it must not hold", utf16("<a>\u0007</a>"), "<a>\u0007</a>"],
  ])("is found in %s", (_what, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
  });

  it.each([
    ["controls", Uint8Array.of(1, 2, 3, 4)],
    ["an odd number of bytes above 127", Uint8Array.of(0xff, 0xfe, 0xfd)],
    ["a lone surrogate", Uint8Array.of(0x41, 0x00, 0x00, 0xd8)],
    ["what would be rare Chinese characters", Uint8Array.of(0x9c, 0x4e, 0x81, 0x53, 0xd2, 0x61)],
    ["a NUL in the middle of a document", utf16("<a>\0</a>")],
    ["private use characters", Uint8Array.of(0x00, 0xe0, 0x41, 0x00)],
  ])("is not found in %s", (_what, bytes) => {
    expect(decodeText(bytes)).toBeNull();
  });
});
