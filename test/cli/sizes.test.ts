import { describe, expect, it } from "vitest";
import { formatSize, parseSize } from "../../src/cli/sizes.js";
import { UsageError } from "../../src/errors.js";

describe("sizes", () => {
  it.each([
    ["1", 1],
    ["1048576", 1_048_576],
    ["64KiB", 65_536],
    ["64 KiB", 65_536],
    ["16M", 16_777_216],
    ["16mib", 16_777_216],
    ["10MB", 10_000_000],
    ["1g", 1_073_741_824],
  ])("reads %s", (text, bytes) => {
    expect(parseSize("--max-size", text)).toBe(bytes);
  });

  it.each(["", "0", "-1", "1.5M", "1XB", "M", "1e6", "constructor", "9999999999999G"])("refuses %j", (text) => {
    expect(() => parseSize("--max-size", text)).toThrow(UsageError);
  });

  it("writes them for people", () => {
    expect([1, 1536, 16 * 2 ** 20].map(formatSize)).toEqual(["1 byte", "1,536 bytes", "16 MiB"]);
  });
});
