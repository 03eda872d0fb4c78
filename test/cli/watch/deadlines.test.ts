import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runOptions } from "../../../src/cli/options/watch-options.js";
import { Deadlines } from "../../../src/cli/watch/deadlines.js";
import type { WatchEvent } from "../../../src/watch/events.js";
import { BALLOON, notified } from "../programs/scripts.js";
import { EVENTS } from "../render/events.js";

const of = (event: WatchEvent, channel: string): WatchEvent => ({ ...event, channel });

const BOX = notified(BALLOON, { channel: "c1" });

let ends: string[];
beforeEach(() => {
  vi.useFakeTimers();
  ends = [];
});
afterEach(() => void vi.useRealTimers());

function settling(): Deadlines {
  return new Deadlines({ ...runOptions({}), settleMs: 1000 }, (reason) => ends.push(reason));
}

describe("a watch that is to settle", () => {
  it("ends when GetNewChannel has stayed parked for that long after the last box", () => {
    const deadlines = settling();
    vi.advanceTimersByTime(5000);
    deadlines.see(EVENTS.registered);
    vi.advanceTimersByTime(900);
    deadlines.see(of(EVENTS.opened, "c1"));
    deadlines.see(BOX);
    vi.advanceTimersByTime(999);
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ends).toEqual(["settled"]);
  });

  it("gives a channel 10 s to bring its notification, over a slow line", () => {
    const deadlines = settling();
    deadlines.see(EVENTS.registered);
    for (const channel of ["c1", "c2"]) deadlines.see(of(EVENTS.opened, channel));
    vi.advanceTimersByTime(5000);
    deadlines.see(BOX);
    vi.advanceTimersByTime(9999);
    expect(ends).toEqual([]);
    deadlines.see(of(EVENTS.acquired, "c2"));
    vi.advanceTimersByTime(1000);
    expect(ends).toEqual(["settled"]);
  });

  it("does not wait for ever for a channel that says nothing", () => {
    const deadlines = settling();
    deadlines.see(of(EVENTS.opened, "c1"));
    vi.advanceTimersByTime(10_000);
    expect(ends).toEqual(["settled"]);
    deadlines[Symbol.dispose]();
  });
});
