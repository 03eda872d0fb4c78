import { describe, expect, it } from "vitest";
import { DecodeError } from "../../src/errors.js";
import { encodeUtf16 } from "../../src/bytes/utf16.js";
import { decodePrinters, encodePrinters } from "../../src/spooler/printer-info.js";

/** _PRINTER_INFO_1 structures by hand: offsets as they are given, and what stands behind the fixed parts. */
function buffer(offsets: readonly (readonly [description: number, name: number, comment: number])[], tail = "") {
  const fixed = offsets.flatMap((of) => [0x0080_0000, ...of]);
  const bytes = Buffer.alloc(4 * fixed.length);
  fixed.forEach((value, i) => bytes.writeUInt32LE(value, 4 * i));
  return new Uint8Array(Buffer.concat([bytes, encodeUtf16(tail)]));
}

describe("_PRINTER_INFO_1 ([MS-RPRN] 2.2.2.9.2)", () => {
  it("gives names without their server, and comments; offsets count from each structure", () => {
    // "a\0" at 32, "\\S\HP4\0" at 36, "B\0" at 52.
    const bytes = buffer([[32, 36, 32], [0, 36, 0]], "a\0\\\\S\\HP4\0B\0"); // prettier-ignore
    expect(decodePrinters(bytes, 2)).toEqual([
      { name: "HP4", comment: "a" },
      { name: "B", comment: "" },
    ]);
  });

  it("reads strings at odd places, and names that only look like paths", () => {
    const odd = new Uint8Array(Buffer.concat([buffer([[0, 17, 0]]), Buffer.of(7), encodeUtf16("Ä4\0")]));
    expect(decodePrinters(odd, 1)).toEqual([{ name: "Ä4", comment: "" }]);
    for (const name of ["\\\\S", "\\\\S\\", "\\HP4", "a\\b"]) {
      const [printer] = decodePrinters(buffer([[0, 16, 0]], `${name}\0`), 1);
      expect(printer?.name).toBe(name);
    }
  });

  it("is none in an empty buffer, and ignores what follows the last one", () => {
    expect(decodePrinters(new Uint8Array(0), 0)).toEqual([]);
    expect(decodePrinters(buffer([[0, 16, 0]], "A\0rubbish"), 1)).toEqual([{ name: "A", comment: "" }]);
  });

  it.each([
    ["more structures than fit", buffer([[0, 16, 0]], "A\0"), 2, "(count)"],
    ["more than any buffer holds", buffer([[0, 16, 0]], "A\0"), 0xffff_ffff, "(count)"],
    ["an offset at the end", buffer([[0, 20, 0]], "A\0"), 1, "NameOffset"],
    ["an offset far behind the end", buffer([[0, 16, 0xffff_fff0]], "A\0"), 1, "CommentOffset"],
    ["a string that runs off the end", buffer([[0, 16, 0]], "ABC"), 1, "NameOffset"],
    ["half a character at the end", buffer([[0, 16, 0]], "A\0").subarray(0, 19), 1, "NameOffset"],
    ["a printer without a name", buffer([[0, 0, 0]]), 1, "NameOffset"],
    ["an empty name", buffer([[0, 16, 0]], "\0"), 1, "NameOffset"],
  ])("refuses %s", (_what, bytes, count, field) => {
    const error = thrownBy(() => decodePrinters(bytes, count));
    expect(error).toBeInstanceOf(DecodeError);
    expect((error as DecodeError).field).toContain(field);
  });

  it("refuses strings that share their bytes: a small buffer would grow into much text", () => {
    const count = 10_000;
    const name = "x".repeat(1000);
    const offsets = Array.from({ length: count }, (_, i) => [0, 16 * (count - i), 0] as const);
    const error = thrownBy(() => decodePrinters(buffer(offsets, `${name}\0`), count));
    expect(error).toBeInstanceOf(DecodeError);
    expect((error as DecodeError).message).toMatch(/\[8\d\].*shares its bytes/);
  });

  it("is written as it is read", () => {
    const printers = [
      { name: "HP4", comment: "first floor" },
      { name: "Kyo 🖨 2", comment: "" },
    ];
    const bytes = encodePrinters(printers);
    expect(decodePrinters(bytes, 2)).toEqual(printers);
    expect(decodePrinters(encodePrinters([{ name: "\\\\s\\A", comment: "c" }]), 1)).toEqual([
      { name: "A", comment: "c" },
    ]);
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}
