import { describe, expect, it } from "vitest";
import { type InputLine, readLines } from "../../../src/cli/serve/lines.js";

async function lines(chunks: readonly string[], limit = 100): Promise<InputLine[]> {
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
  }
  const result: InputLine[] = [];
  for await (const line of readLines(stream(), limit)) result.push(line);
  return result;
}

const texts = (...all: string[]): InputLine[] => all.map((text) => ({ kind: "line", text }));

describe("lines of input", () => {
  it("are cut at line feeds, wherever the chunks end", async () => {
    expect(await lines(["a\nb", "c\r\n", "\n", "d"])).toEqual(texts("a", "bc", "", "d"));
    expect(await lines(Array.from("ä\nb\n", (char) => char))).toEqual(texts("ä", "b"));
    expect(await lines([])).toEqual([]);
  });

  it("that are too long are told, and the next one is read", async () => {
    expect(await lines(["x".repeat(50), "x".repeat(51), "x\nok\n"])).toEqual([{ kind: "too-long" }, ...texts("ok")]);
    expect(await lines([`${"x".repeat(101)}\nok`])).toEqual([{ kind: "too-long" }, ...texts("ok")]);
    expect(await lines(["x".repeat(100)])).toEqual(texts("x".repeat(100)));
    expect(await lines(["x".repeat(101)])).toEqual([{ kind: "too-long" }]);
  });
});
