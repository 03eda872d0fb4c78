import { describe, expect, it } from "vitest";
import type { Notified, WatchEvent } from "../../src/watch/events.js";
import { READER_BOUNDS, Reporter, type Place } from "../../src/watch/reporter.js";

const place: Place = { server: "s", printer: null, registration: "r1", channel: null };
const notified = (n: number): Notified => ({
  type: "notification",
  id: `n${n}`,
  notification: { kind: "unknown", notificationType: "x", data: new Uint8Array(0), problem: null },
});

async function read(reporter: Reporter): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of reporter) events.push(event);
  return events;
}

describe("a slow reader", () => {
  it("costs bounded memory, and one gap tells what it missed", async () => {
    const reporter = new Reporter();
    const told = Array.from({ length: READER_BOUNDS.events + 5 }, (_, n) => reporter.tell(place, notified(n)));
    expect(told.filter((took) => !took)).toHaveLength(5);
    reporter.end();
    const events = await read(reporter);
    expect(events.filter(({ type }) => type === "notification")).toHaveLength(READER_BOUNDS.events);
    expect(events.filter(({ type }) => type === "gap")).toMatchObject([{ mayHaveLost: true, registration: null }]);
  });

  it("is told of the gap as soon as it has caught up", async () => {
    const reporter = new Reporter();
    reporter.tell(place, notified(1), READER_BOUNDS.bytes);
    expect(reporter.tell(place, notified(2), 1)).toBeNull();
    const types = [await reporter.next(), await reporter.next()].map(({ value }) => (value as WatchEvent).type);
    expect(types).toEqual(["notification", "gap"]);
  });
});

describe("counts of a registration", () => {
  it("counts what was told, not what was dropped", () => {
    const reporter = new Reporter();
    reporter.tell(place, notified(1), READER_BOUNDS.bytes);
    reporter.tell(place, notified(2), READER_BOUNDS.bytes);
    reporter.tell(place, { type: "reconnecting", attempt: 1, delayMs: 1, reason: "x" });
    expect(reporter.counts("r1")).toEqual({ notifications: 1, replies: 0, errors: 0, reconnects: 1 });
    expect(reporter.counts("r2")).toEqual({ notifications: 0, replies: 0, errors: 0, reconnects: 0 });
  });
});
