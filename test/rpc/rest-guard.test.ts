import { describe, expect, it } from "vitest";
import { RestGuard } from "../../src/rpc/rest-guard.js";

/** A guard whose time is over when the test says so. */
function guarded() {
  const deadlines: AbortController[] = [];
  let late = 0;
  const begin = (): AbortSignal => {
    const deadline = new AbortController();
    deadlines.push(deadline);
    return deadline.signal;
  };
  const guard = new RestGuard(begin, () => (late += 1));
  return { guard, deadlines, timeIsOver: () => deadlines.at(-1)?.abort(), late: () => late };
}

describe("the rest of a PDU that has begun", () => {
  it("is waited for until the time is over", () => {
    const { guard, timeIsOver, late } = guarded();
    guard.expect(true);
    expect(late()).toBe(0);
    timeIsOver();
    expect(late()).toBe(1);
  });

  it("has more time when a part of it came", () => {
    const { guard, timeIsOver, late } = guarded();
    guard.expect(true);
    guard.expect(true);
    timeIsOver();
    expect(late()).toBe(0);
    timeIsOver();
    expect(late()).toBe(1);
  });

  it("is not waited for when it came, and nothing has begun after it", () => {
    const { guard, timeIsOver, late } = guarded();
    guard.expect(true);
    guard.expect(false);
    timeIsOver();
    expect(late()).toBe(0);
  });

  it("takes one timer at a time, however many chunks come", () => {
    const { guard, deadlines } = guarded();
    for (let i = 0; i < 1000; i++) guard.expect(i % 2 === 0);
    expect(deadlines).toHaveLength(1);
  });

  it("may take for ever where there is no deadline", () => {
    const guard = new RestGuard(undefined, () => expect.unreachable());
    guard.expect(true);
    guard.expect(true);
  });
});
