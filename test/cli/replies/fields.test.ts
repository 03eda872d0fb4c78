import { describe, expect, it } from "vitest";
import { matchesAll, parseFieldMatch } from "../../../src/cli/replies/fields.js";
import type { Notification } from "../../../src/notifications/model.js";
import { notified } from "../programs/scripts.js";
import { CUSTOM_UI, PAPER_JAM } from "./questions.js";

const BALLOON: Notification = {
  kind: "balloon",
  title: "Toner low",
  body: "Black",
  bodies: ["Black"],
  icon: null,
  action: null,
  strings: [],
  problem: null,
};

function holds(notification: Notification, ...options: string[]): boolean {
  const wanted = options.map((option) => parseFieldMatch("--match", option));
  return matchesAll(wanted, notified(notification));
}

describe("--match", () => {
  it("takes a whole text, case-sensitively, or a regular expression", () => {
    expect(holds(PAPER_JAM, "title=Paper jam")).toBe(true);
    expect(holds(PAPER_JAM, "title=paper jam")).toBe(false);
    expect(holds(PAPER_JAM, "title=Paper")).toBe(false);
    expect(holds(PAPER_JAM, "title=/PAPER/i")).toBe(true);
    expect(holds(CUSTOM_UI, "text=Which tray?")).toBe(true);
    expect(holds(BALLOON, "title=/a=b|low/")).toBe(true);
  });

  it("knows the fields of every kind, and what a kind has not, is not matched", () => {
    expect(holds(BALLOON, "type=notification.balloon", "title=Toner low", "body=/^Bl/")).toBe(true);
    expect(holds(BALLOON, "dll=/./")).toBe(false);
    expect(
      holds(
        { kind: "printerConfiguration", printerName: "HP4", settings: [], reduced: [], problem: null },
        "printerName=HP4",
      ),
    ).toBe(true);
  });

  it("needs all of several to hold", () => {
    expect(holds(PAPER_JAM, "title=/jam/", "body=/choose/")).toBe(true);
    expect(holds(PAPER_JAM, "title=/jam/", "body=/toner/")).toBe(false);
  });

  it.each([
    ["title", "--match takes FIELD=TEXT or FIELD=/regex/flags."],
    ["=a", "--match takes FIELD=TEXT or FIELD=/regex/flags."],
    ["titel=a", '--match: there is no field "titel".'],
    ["title=/a/q", "--match title: regular expressions have no flag q."],
    ["title=/(/", "--match title: Invalid regular expression: /(/: Unterminated group."],
  ])("refuses %s", (value, message) => {
    expect(() => parseFieldMatch("--match", value)).toThrow(expect.objectContaining({ code: "usage", message }));
  });
});
