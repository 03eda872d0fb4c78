import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lineText } from "../../../src/cli/render/line.js";
import type { WatchEvent } from "../../../src/watch/events.js";
import { EVENTS, NOTIFICATIONS, notified } from "./events.js";

const zone = process.env["TZ"];
beforeEach(() => {
  process.env["TZ"] = "Europe/Berlin";
});
afterEach(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

/** A balloon as it comes at a moment of winter. */
function balloon(title: string, body: string): WatchEvent {
  const event = notified({ ...NOTIFICATIONS.balloon, title, body });
  return { ...event, time: new Date("2026-11-21T12:21:52.970Z"), server: "printserver", printer: "HP4" };
}

describe("one event on one line", () => {
  it("has date, time and zone, type, place, title and body with tabs between them", () => {
    expect(lineText(balloon("Paper jam", "Clear the paper path."))).toBe(
      "2026-11-21T13:21:52.970+01:00\tballoon\tprintserver/HP4\tPaper jam\tClear the paper path.",
    );
  });

  it("keeps its columns: line breaks and tabs in texts are spaces, an empty title is an empty column", () => {
    const [, , , title, body] = lineText(balloon("", "a\r\nb\tc\u2028d\u001b[31m")).split("\t");
    expect([title, body]).toEqual(["", "a b    c d"]);
  });

  it("tells a message box with its buttons", () => {
    const columns = lineText(notified(NOTIFICATIONS.messageBox)).split("\t");
    expect(columns[1]).toBe("messageBox");
    expect(columns[5]).toContain("(IDOK)");
  });

  it.each(Object.entries(EVENTS))("is one line with its type for %s", (_, event) => {
    const line = lineText(event);
    expect(line).not.toContain("\n");
    expect(line.split("\t")[1]).toBe(event.type);
    expect(line.split("\t").length).toBeGreaterThan(3);
  });

  it.each(Object.entries(NOTIFICATIONS))("is one line with its kind for %s", (_, notification) => {
    const line = lineText(notified(notification));
    expect(line).not.toContain("\n");
    expect(line.split("\t")[1]).toBe(notification.kind);
    expect(line.split("\t").length).toBeGreaterThan(3);
  });
});
