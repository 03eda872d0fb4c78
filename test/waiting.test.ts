import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aborted, after, deferred, forEachOf, onAbort, unlessAborted } from "../src/waiting.js";

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

describe("listening to an AbortSignal", () => {
  it("hears an abort, also one that came before, and nothing once it is disposed of", () => {
    const heard: string[] = [];
    const end = new AbortController();
    onAbort(end.signal, () => heard.push("before"));
    onAbort(end.signal, () => heard.push("disposed"))[Symbol.dispose]();
    end.abort();
    onAbort(end.signal, () => heard.push("after"));
    expect(heard).toEqual(["before", "after"]);
  });

  it("waits for it", async () => {
    const end = new AbortController();
    const waiting = aborted(end.signal);
    end.abort();
    await waiting;
    await aborted(end.signal);
  });

  it("ends the wait for a work that goes on, and leaves no listener behind", async () => {
    const end = new AbortController();
    const why = (): Error => new Error("given up");
    expect(await unlessAborted(end.signal, Promise.resolve(1), why)).toBe(1);
    await expect(unlessAborted(end.signal, Promise.reject(new Error("failed")), why)).rejects.toThrow("failed");
    const forever = unlessAborted(end.signal, new Promise(() => undefined), why);
    expect(getEventListeners(end.signal, "abort")).toHaveLength(1);
    end.abort();
    await expect(forever).rejects.toThrow("given up");
    expect(getEventListeners(end.signal, "abort")).toHaveLength(0);
  });
});

describe("work for each of several", () => {
  it("begins in their order, never more at once than it may", async () => {
    const begun: number[] = [];
    const ends = Array.from({ length: 5 }, () => deferred());
    const begunThird = deferred();
    const all = forEachOf([0, 1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      if (item === 2) begunThird.resolve();
      await ends[item]?.promise;
    });
    expect(begun).toEqual([0, 1]);
    ends[1]?.resolve();
    await begunThird.promise;
    expect(begun).toEqual([0, 1, 2]);
    for (const end of ends) end.resolve();
    await all;
    expect(begun).toEqual([0, 1, 2, 3, 4]);
  });

  it("is done at once where there is nothing, and fails when one fails", async () => {
    await forEachOf([], 2, () => Promise.reject(new Error("never")));
    await expect(forEachOf([1], 2, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  });
});
