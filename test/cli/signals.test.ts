import { afterEach, describe, expect, it, vi } from "vitest";
import { exitCodeOfSignal, watchSignals } from "../../src/cli/signals.js";

afterEach(() => {
  vi.useRealTimers();
});

describe("signals", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s ends with %d", (name, code) => {
    expect(exitCodeOfSignal(name)).toBe(code);
  });

  it("abort at the first, leave at once at a later one, and are given back", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const codes: number[] = [];
    const before = process.listenerCount("SIGHUP");
    {
      using signals = watchSignals((code) => codes.push(code));
      expect([signals.received(), signals.signal.aborted]).toEqual([null, false]);
      process.emit("SIGHUP", "SIGHUP");
      expect([signals.received(), signals.signal.aborted]).toEqual(["SIGHUP", true]);
      expect(codes).toEqual([]);
      vi.advanceTimersByTime(500);
      process.emit("SIGHUP", "SIGHUP");
      expect(codes).toEqual([]);
      vi.advanceTimersByTime(1);
      process.emit("SIGTERM", "SIGTERM");
      expect(codes).toEqual([143]);
      expect(signals.received()).toBe("SIGHUP");
    }
    expect(process.listenerCount("SIGHUP")).toBe(before);
  });
});
