import { describe, expect, it } from "vitest";
import { HookQueue } from "../../../src/cli/hooks/hook-queue.js";
import { BALLOON, notified } from "../programs/scripts.js";

class Watched {
  readonly told: string[] = [];
  readonly queue = new HookQueue((problem, origin) => {
    expect(problem.code).toBe("program");
    expect(origin.server).toBe("print1");
    this.told.push(problem.message);
  });

  push(from: number, to: number, line = "{}"): void {
    for (let index = from; index <= to; index += 1) {
      this.queue.push({ event: notified(BALLOON, { id: `n${index}` }), line });
    }
  }

  shift(count: number): (string | undefined)[] {
    return Array.from({ length: count }, () => this.queue.shift()?.event.id);
  }
}

describe("the queue of hooks", () => {
  it("gives back what it got, in order", () => {
    const watched = new Watched();
    watched.push(1, 3);
    expect(watched.shift(4)).toEqual(["n1", "n2", "n3", undefined]);
    watched.queue.clear();
    expect(watched.told).toEqual([]);
  });

  it("tells of the first that finds no room at once, and of all when half of the room is free again", () => {
    const watched = new Watched();
    watched.push(1, 1003);
    const first = "The hook does not keep up: 1000 wait for it, and it is not run for n1001.";
    expect(watched.told).toEqual([first]);
    watched.shift(1);
    watched.push(1004, 1005);
    expect(watched.told).toEqual([first]);
    watched.shift(500);
    const all = "While it did not keep up, the hook was not run for 4 notifications, the last of them n1005.";
    expect(watched.told).toEqual([first, all]);
    watched.push(2000, 2500);
    expect(watched.told.slice(2)).toEqual([
      "The hook does not keep up: 1000 wait for it, and it is not run for n2500.",
    ]);
  });

  it("holds only so much text, but always something", () => {
    const watched = new Watched();
    watched.push(1, 1, "x".repeat(100_000_000));
    watched.push(2, 2);
    expect(watched.told).toEqual(["The hook does not keep up: 1 wait for it, and it is not run for n2."]);
    watched.shift(1);
    watched.push(3, 5, "x".repeat(12_000_000));
    expect(watched.shift(3)).toEqual(["n3", "n4", undefined]);
  });
});
