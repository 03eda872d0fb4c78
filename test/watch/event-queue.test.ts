import { describe, expect, it } from "vitest";
import { Budget } from "../../src/rpc/budget.js";
import { EventQueue } from "../../src/watch/reporter.js";

const bounds = { events: 3, bytes: 100 };

async function drain<T>(queue: EventQueue<T>): Promise<T[]> {
  const values: T[] = [];
  queue.end();
  for await (const value of queue) values.push(value);
  return values;
}

describe("events on their way to a reader", () => {
  it("keeps their order, whether the reader waits or they do", async () => {
    const queue = new EventQueue<number>(bounds);
    const early = queue.next();
    queue.push(1);
    queue.push(2);
    expect(await early).toEqual({ done: false, value: 1 });
    queue.push(3);
    expect(await drain(queue)).toEqual([2, 3]);
  });

  it("takes no more events than its bound, and again when the reader has caught up", async () => {
    const queue = new EventQueue<number>(bounds);
    expect([1, 2, 3, 4].map((n) => queue.offer(n, 1))).toEqual([true, true, true, false]);
    await queue.next();
    expect(queue.offer(5, 1)).toBe(true);
    expect(await drain(queue)).toEqual([2, 3, 5]);
  });

  it("takes no more bytes than its bound, but always one event", () => {
    const queue = new EventQueue<number>(bounds);
    expect(queue.offer(1, 1000)).toBe(true);
    expect(queue.offer(2, 1)).toBe(false);
  });

  it("counts what waits against the budget of its server, until it is read", async () => {
    const queue = new EventQueue<number>(bounds);
    const budget = new Budget(100);
    expect([queue.offer(1, 40, budget), queue.offer(2, 40, budget), queue.offer(3, 5)]).toEqual([true, false, true]);
    expect(budget.held).toBe(40);
    await queue.next();
    expect(budget.held).toBe(0);
    await queue.next();
    const waiting = queue.next();
    expect(queue.offer(4, 40, budget)).toBe(true);
    expect([await waiting, budget.held]).toEqual([{ done: false, value: 4 }, 0]);
  });

  it("always takes what tells about the others", async () => {
    const queue = new EventQueue<number>(bounds);
    for (let n = 0; n < 10; n++) queue.push(n);
    expect(queue.length).toBe(10);
    expect(await drain(queue)).toHaveLength(10);
  });

  it("ends a reader that waits, and takes nothing afterwards", async () => {
    const queue = new EventQueue<number>(bounds);
    const waiting = queue.next();
    queue.end();
    expect((await waiting).done).toBe(true);
    expect(queue.offer(1, 0)).toBe(false);
  });

  it("stays in order over many thousands", async () => {
    const queue = new EventQueue<number>({ events: 10_000, bytes: 1 });
    const sent = Array.from({ length: 5000 }, (_, n) => n);
    for (const n of sent) queue.push(n);
    expect(await drain(queue)).toEqual(sent);
  });
});
