import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("worst-shapes.mjs", import.meta.url));

const { stdout: names } = await promisify(execFile)(process.execPath, [PROGRAM, "--names"]);

describe("reading and showing a document takes at most 40 bytes of memory for each byte of it", () => {
  it.each(JSON.parse(names) as string[])("%s", async (shape) => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", PROGRAM, shape]);
    const { bytesPerByte } = JSON.parse(stdout) as { bytesPerByte: number };
    expect(bytesPerByte).toBeLessThanOrEqual(40);
  });
});

/** Bytes of memory that fast-xml-parser alone takes for each character of an element's content. */
async function aloneWith(open: string, close: string): Promise<number> {
  const program = `
    import { readFileSync } from "node:fs";
    import { XMLParser } from "fast-xml-parser";
    const peak = () => Number(/VmHWM:\\s+(\\d+) kB/.exec(readFileSync("/proc/self/status", "latin1"))[1]);
    const document = "<a>${open}" + "x".repeat(4 * 2 ** 20) + "${close}</a>";
    const parser = new XMLParser({ preserveOrder: true, processEntities: false });
    const before = peak();
    parser.parse(document);
    console.log((peak() - before) / 4096);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
  return Number(stdout);
}

it("a long run of text goes on as a CDATA section: fast-xml-parser gathers text character by character", async () => {
  expect(await aloneWith("", "")).toBeGreaterThan(20);
  expect(await aloneWith("<![CDATA[", "]]>")).toBeLessThan(10);
});
