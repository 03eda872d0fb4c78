import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../src/errors.js";
import { Budget } from "../../src/rpc/budget.js";

describe("what one peer may make this side hold", () => {
  it("counts what is taken and what the peer does not read together", () => {
    let unread = 60;
    const budget = new Budget(100, () => unread);
    budget.take(40);
    expect(budget.held).toBe(100);
    expect(() => budget.check(1)).toThrow(ProtocolError);
    unread = 0;
    expect(() => budget.check(60)).not.toThrow();
    budget.give(40);
    expect(budget.held).toBe(0);
  });

  it("keeps half of it for what cannot be done without", () => {
    const budget = new Budget(100);
    expect([budget.offer(30), budget.offer(21), budget.offer(20)]).toEqual([true, false, true]);
    expect(budget.held).toBe(50);
    budget.take(50);
    expect(() => budget.take(1)).toThrow("more than 100 bytes");
    expect(budget.held).toBe(100);
  });
});
