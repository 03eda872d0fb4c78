import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeUtf16 } from "../../src/bytes/utf16.js";
import { DecodeError } from "../../src/errors.js";
import { fileSource, type ByteSource } from "../../src/resources/byte-source.js";
import { bytesSource } from "./support/bytes-source.js";
import { DriverFile } from "../../src/resources/driver-file.js";
import { RESOURCE_TYPES } from "../../src/resources/resource-directory.js";
import { ENGLISH, FRENCH, GERMAN, image, layout, messageTable, strings, u32 } from "./support/image.js";

const MADE = new URL("../fuzz/corpus/resources/", import.meta.url);

function open(bytes: Uint8Array, language = ENGLISH): DriverFile {
  return new DriverFile([bytesSource(bytes)], language);
}

/** Opens a file and asks for everything that the tests' files have. */
function readAll(bytes: Uint8Array): unknown[] {
  const file = open(bytes);
  return [1234, 100, 7].map((id) => file.string(id));
}

const SOUND = image([
  ...strings(ENGLISH, { 1234: "Toner low in %1", 100: "Paper jam", 15: "fifteen", 16: "sixteen" }),
  { type: 11, id: 1, lang: ENGLISH, bytes: messageTable([{ id: 7, flags: 1, bytes: encodeUtf16("Door open\r\n\0") }]) },
]);

describe("the resources of a driver's file", () => {
  it.each([32, 64] as const)("of %d bits: strings by their id, none where there is none", (bits) => {
    const file = open(image(strings(ENGLISH, { 0: "zero", 15: "fifteen", 16: "sixteen", 65535: "last" }), bits));
    expect([0, 15, 16, 65535].map((id) => file.string(id))).toEqual(["zero", "fifteen", "sixteen", "last"]);
    expect([1, 17, 32, 65536, -1].map((id) => file.string(id))).toEqual([null, null, null, null, null]);
  });

  it("of an ARM64 machine, and of its language file, as clang and lld make them", () => {
    const [file, german] = ["arm64.bin", "arm64-mui.bin"].map((name) => bytesSource(readFileSync(new URL(name, MADE))));
    expect.assert(file !== undefined && german !== undefined);
    expect(new DriverFile([file], GERMAN).string(1234)).toBe("Toner low");
    expect(new DriverFile([file, german], GERMAN).string(1234)).toBe("Wenig Toner");
    expect(new DriverFile([file, german], ENGLISH).string(100)).toBe("Paper jam in %1");
  });

  it("are none where the file has none", () => {
    expect(open(image([])).string(1)).toBe(null);
  });

  it("are messages too, in three encodings, behind strings of the same id", () => {
    const table = messageTable([
      { id: 1, flags: 1, bytes: encodeUtf16("Grüße\r\n\0\0") },
      { id: 2, flags: 0, bytes: Buffer.from("Gr\xfc\xdfe \x80\r\n\0", "latin1") },
      { id: 3, flags: 2, bytes: Buffer.from("Grüße\n") },
      { id: 0x80070005, flags: 1, bytes: encodeUtf16("denied") },
      { id: 5, flags: 77, bytes: encodeUtf16("?") },
      { id: 6, flags: 1, bytes: encodeUtf16("a message") },
    ]);
    const file = open(image([{ type: 11, id: 1, lang: 0, bytes: table }, ...strings(0, { 6: "a string" })]));
    expect([1, 2, 3, 0x80070005, 5, 6, 4].map((id) => file.string(id))).toEqual([
      "Grüße",
      "Grüße €",
      "Grüße",
      "denied",
      null,
      "a string",
      null,
    ]);
  });

  it("are taken in the wanted language, and language files count beside the file itself", () => {
    const main = bytesSource(image(strings(ENGLISH, { 1: "Paper jam", 2: "Toner low" })));
    const german = bytesSource(image(strings(GERMAN, { 1: "Papierstau" })));
    const inGerman = new DriverFile([main, german], GERMAN);
    expect([inGerman.string(1), new DriverFile([main, german], FRENCH).string(1)]).toEqual(["Papierstau", "Paper jam"]);
  });

  it("are taken from the next language where the wanted one lacks a string or a message of the same block", () => {
    const message = (id: number, text: string) => messageTable([{ id, flags: 1, bytes: encodeUtf16(text) }]);
    const file = open(
      image([
        ...strings(ENGLISH, { 1: "Paper jam", 2: "Toner low" }),
        ...strings(GERMAN, { 1: "Papierstau" }),
        { type: 11, id: 1, lang: ENGLISH, bytes: message(500, "Door open") },
        { type: 11, id: 1, lang: GERMAN, bytes: message(501, "Klappe offen") },
      ]),
      GERMAN,
    );
    expect([1, 2, 500, 501].map((id) => file.string(id))).toEqual([
      "Papierstau",
      "Toner low",
      "Door open",
      "Klappe offen",
    ]);
  });

  it("are given as bytes by type and id", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const file = open(image([{ type: 2, id: 9, lang: 0, bytes }]));
    expect(file.resource(RESOURCE_TYPES.bitmap, 9)).toEqual(bytes);
    expect(file.resource(RESOURCE_TYPES.bitmap, 8)).toBe(null);
    expect(file.resource(RESOURCE_TYPES.icon, 9)).toBe(null);
  });

  it("of a file of 200 MB are read in slices", () => {
    const { rsrcHeader, rsrcRaw } = layout(SOUND);
    const away = 200 * 2 ** 20;
    const head = SOUND.slice(0, rsrcRaw);
    Buffer.from(head.buffer).writeUInt32LE(away, rsrcHeader + 20);
    const folder = mkdtempSync(join(tmpdir(), "panwatch-large-"));
    try {
      const path = join(folder, "large.dll");
      const fd = openSync(path, "w");
      writeSync(fd, head, 0, head.length, 0);
      writeSync(fd, SOUND, rsrcRaw, SOUND.length - rsrcRaw, away);
      ftruncateSync(fd, away + 2 ** 20);
      closeSync(fd);
      const { source, read } = counting(fileSource(path));
      expect(new DriverFile([source], ENGLISH).string(1234)).toBe("Toner low in %1");
      expect(read()).toBeLessThan(64 * 1024);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** A source that counts the bytes that are read. */
function counting(source: ByteSource): { source: ByteSource; read: () => number } {
  let total = 0;
  const read: ByteSource["read"] = (offset, length, field) => {
    total += length;
    return source.read(offset, length, field);
  };
  return { source: { size: source.size, read }, read: () => total };
}

describe("a broken file ends in an error", () => {
  it("cut anywhere", () => {
    const { rsrcHeader, rsrcRaw } = layout(SOUND);
    // The section is padded to 512 bytes: what lies behind its resources may be missing.
    const used = Buffer.from(SOUND.buffer).readUInt32LE(rsrcHeader + 8);
    for (let length = 0; length < rsrcRaw + used; length += 3) {
      expect(() => readAll(SOUND.slice(0, length)), `${length} bytes`).toThrow(DecodeError);
    }
    expect(readAll(SOUND.slice(0, rsrcRaw + used))).toHaveLength(3);
  });

  /** The sound file with 32 bits of its resource directory changed; offsets count from the directory's start. */
  function changed(...words: readonly [offset: number, value: number][]): Uint8Array {
    const bytes = SOUND.slice();
    const { rsrcRaw } = layout(bytes);
    for (const [offset, value] of words) bytes.set(u32(value), rsrcRaw + offset);
    return bytes;
  }

  const view = Buffer.from(SOUND.buffer, layout(SOUND).rsrcRaw);
  const firstId = view.readUInt32LE(20) % 2 ** 31;
  const firstLanguage = view.readUInt32LE(firstId + 20) % 2 ** 31;
  const data = view.readUInt32LE(firstLanguage + 20);

  it.each([
    ["is no executable", Uint8Array.from(SOUND, (byte, i) => (i === 0 ? 0 : byte)), "e_magic"],
    ["leads to its PE header outside", Uint8Array.from(SOUND, (byte, i) => (i === 63 ? 0xff : byte)), "PE header"],
    ["whose types are data", changed([20, 16]), "resource type"],
    ["whose ids are data", changed([firstId + 20, 16]), "resource id"],
    ["whose types lead back to the types: a cycle", changed([20, 2 ** 31]), "is a directory, not data"],
    ["whose languages are directories: too deep", changed([firstLanguage + 20, 2 ** 31]), "is a directory, not data"],
    ["whose directory lies outside", changed([20, 2 ** 32 - 1]), "are in no section"],
    ["whose data lies outside", changed([data, 0x7fff_0000]), "are in no section"],
    ["whose data is larger than the file", changed([data + 4, 0x7fff_0000]), "are in no section"],
    ["with more entries than are there", changed([12, 0xffff_ffff]), "resource directory of types"],
  ])("that %s", (_what, bytes, message) => {
    expect(() => readAll(bytes)).toThrow(DecodeError);
    expect(() => readAll(bytes)).toThrow(message);
  });

  it("that repeats its entries without end", () => {
    const bytes = Uint8Array.of(1);
    const ids = Array.from({ length: 2000 }, (_, i) => ({ type: 2, id: i + 1, lang: 0, bytes }));
    const languages = Array.from({ length: 199 }, (_, i) => ({ type: 2, id: 1, lang: i + 1, bytes }));
    const file = image([...ids, ...languages]);
    const directory = Buffer.from(file.buffer, layout(file).rsrcRaw);
    const first = directory.readUInt32LE(20) % 2 ** 31;
    // Every id leads to the 200 languages of the first.
    const target = directory.readUInt32LE(first + 20);
    for (let i = 0; i < 2000; i++) directory.writeUInt32LE(target, first + 16 + 8 * i + 4);
    expect(() => open(file)).toThrow("more than 100000 entries in all");
  });

  it.each([
    ["a block outside", Buffer.concat([u32(1), u32(7), u32(7), u32(9999)]), "length of a message"],
    ["a message shorter than its head", Buffer.concat([u32(1), u32(7), u32(7), u32(16), u32(3)]), "3 is less than 4"],
    [
      "four thousand million messages",
      Buffer.concat([u32(1), u32(0), u32(0xffffffff), u32(16), Buffer.alloc(4e6, "\x04\0\0\0")]),
      "more than 100000",
    ],
    ["blocks without end", Buffer.concat([u32(0xffffffff), Buffer.alloc(12 * 1000)]), "text of a message"],
  ])("whose table of messages has %s", (_what, table, message) => {
    const file = open(image([{ type: 11, id: 1, lang: 0, bytes: table }]));
    expect(() => file.string(7)).toThrow(DecodeError);
    expect(() => file.string(7)).toThrow(message);
  });

  it("whose string is longer than its block", () => {
    const file = open(image([{ type: 6, id: 1, lang: 0, bytes: Uint8Array.of(9, 0, 65, 0) }]));
    expect(() => file.string(0)).toThrow("RT_STRING.string 0");
  });
});
