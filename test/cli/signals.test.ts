import { describe, expect, it } from "vitest";
import { exitCodeOfSignal, watchSignals } from "../../src/cli/signals.js";

describe("signals", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s ends with %d", (name, code) => {
    expect(exitCodeOfSignal(name)).toBe(code);
  });

  it("abort at the first, leave at once at the second, and are given back", () => {
    const codes: number[] = [];
    const before = process.listenerCount("SIGHUP");
    {
      using signals = watchSignals((code) => codes.push(code));
      expect([signals.received(), signals.signal.aborted]).toEqual([null, false]);
      process.emit("SIGHUP", "SIGHUP");
      expect([signals.received(), signals.signal.aborted]).toEqual(["SIGHUP", true]);
      expect(codes).toEqual([]);
      process.emit("SIGTERM", "SIGTERM");
      expect(codes).toEqual([143]);
      expect(signals.received()).toBe("SIGHUP");
    }
    expect(process.listenerCount("SIGHUP")).toBe(before);
  });
});
