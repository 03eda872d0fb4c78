import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineForwarder, type LineLimits } from "../../../src/cli/programs/lines.js";

function forward(chunks: readonly Uint8Array[], limits?: LineLimits): string[] {
  const lines: string[] = [];
  const forwarder = new LineForwarder((line) => lines.push(line), limits);
  for (const chunk of chunks) forwarder.push(chunk);
  forwarder.end();
  return lines;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("the output of a program, line by line", () => {
  it("passes lines on wherever the pieces are cut", () => {
    const text = "première ligne\n\nтретья\nohne Ende 🖨";
    fc.assert(
      fc.property(fc.array(fc.nat(bytes(text).length)), (cuts) => {
        const ends = [...cuts, bytes(text).length].sort((a, b) => a - b);
        const chunks = ends.map((end, index) => bytes(text).subarray(ends[index - 1] ?? 0, end));
        expect(forward(chunks)).toEqual(text.split("\n"));
      }),
      { numRuns: 100 },
    );
  });

  it("takes out what a terminal would obey", () => {
    expect(forward([bytes("\x1b[2J\x1b]0;owned\x07plain\r\n")])).toEqual(["plain"]);
  });

  it("cuts a line that is too long, and goes on with the next", () => {
    const limits = { lineLength: 5, total: 1000 };
    expect(forward([bytes("12345\n123456\n"), bytes("123"), bytes("456789\nlast")], limits)).toEqual([
      "12345",
      "12345…",
      "12345…",
      "last",
    ]);
  });

  it("stops when it is too much, and says so once", () => {
    const lines = forward([bytes("1234\n1234\n1234\n"), bytes("1234\n1234")], { lineLength: 100, total: 12 });
    expect(lines).toEqual(["1234", "1234", "… (the rest of what the program printed is dropped)"]);
  });

  it("keeps 100 MiB without a line break from filling the memory", () => {
    const chunk = Buffer.alloc(1 << 20, "x");
    const lines = forward(Array.from({ length: 100 }, () => chunk));
    expect(lines.map(({ length }) => length)).toEqual([4097]);
  });
});
