import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration, parseDurationRange, parsePositiveDuration } from "../../src/cli/durations.js";
import { UsageError } from "../../src/errors.js";

describe("durations", () => {
  it.each([
    ["500ms", 500],
    ["10s", 10_000],
    ["1.5s", 1500],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["2d", 172_800_000],
    ["0s", 0],
  ])("reads %s", (text, milliseconds) => {
    expect(parseDuration("--duration", text)).toBe(milliseconds);
  });

  it.each(["", "10", "s", "-1s", "1 s", "1S", "1e3s", "1s2", "Infinityh", "999999999999d"])("refuses %j", (text) => {
    expect(() => parseDuration("--duration", text)).toThrow(UsageError);
  });

  it("refuses no time at all where that makes no sense", () => {
    expect(() => parsePositiveDuration("--connect-timeout", "0s")).toThrow(/--connect-timeout/);
    expect(parsePositiveDuration("--connect-timeout", "1ms")).toBe(1);
  });

  it("reads a range", () => {
    expect(parseDurationRange("--backoff", "1s..60s")).toEqual({ minMs: 1000, maxMs: 60_000 });
    expect(parseDurationRange("--backoff", "1ms..1ms")).toEqual({ minMs: 1, maxMs: 1 });
  });

  it.each(["1s", "1s..", "..1s", "2s..1s", "0s..1s", "1s..2s..3s", "1s-2s"])("refuses the range %j", (text) => {
    expect(() => parseDurationRange("--backoff", text)).toThrow(UsageError);
  });

  it.each([
    [0, "0 ms"],
    [999.4, "999 ms"],
    [1000, "1 s"],
    [1234, "1.2 s"],
    [59_949, "59.9 s"],
    [59_990, "1 min"],
    [185_000, "3 min 5 s"],
    [7_800_000, "2 h 10 min"],
  ])("writes %d ms as %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});
