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
