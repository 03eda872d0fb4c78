import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { after } from "../src/waiting.js";

describe("after", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("wait longer than setTimeout can", () => {
    const fired = vi.fn();
    const days = 86_400_000;
    after(60 * days, fired);
    vi.advanceTimersByTime(59 * days);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(days);
    expect(fired).toHaveBeenCalledTimes(1);
  });

  it("can be called off", () => {
    const fired = vi.fn();
    after(1000, fired)[Symbol.dispose]();
    vi.advanceTimersByTime(2000);
    expect(fired).not.toHaveBeenCalled();
  });
});
