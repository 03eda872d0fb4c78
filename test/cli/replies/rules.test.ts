import { describe, expect, it, onTestFinished, vi } from "vitest";
import { findRule, loadRules } from "../../../src/cli/replies/rules.js";
import type { Decision } from "../../../src/cli/replies/decision.js";
import { UsageError } from "../../../src/errors.js";
import type { Question } from "../../../src/watch/options.js";
import { Scripts } from "../programs/scripts.js";
import { CUSTOM_DATA, CUSTOM_UI, PAPER_JAM, question } from "./questions.js";

function decideBy(rules: unknown, asked: Question): Decision | null {
  using scripts = new Scripts();
  return findRule(loadRules(scripts.file("rules.json", JSON.stringify(rules))), asked)?.decision ?? null;
}

const RETRY: Decision = { kind: "button", choice: { by: "id", text: "3" } };

describe("rules", () => {
  it("match a whole text, case-sensitive", () => {
    const jam = question(PAPER_JAM);
    expect(decideBy([{ match: { title: "Paper jam" }, button: "3" }], jam)).toEqual(RETRY);
    expect(decideBy([{ match: { title: "paper jam" }, button: "3" }], jam)).toBe(null);
    expect(decideBy([{ match: { title: "Paper" }, button: "3" }], jam)).toBe(null);
    expect(decideBy([{ match: { title: "/Paper" }, button: "3" }], jam)).toBe(null);
  });

  it("match a regular expression with its flags, anywhere in the text", () => {
    const jam = question(PAPER_JAM);
    expect(decideBy([{ match: { body: "/REMOVE.*paper/i" }, button: 3 }], jam)).toEqual(RETRY);
    expect(decideBy([{ match: { body: "/REMOVE.*paper/" }, button: 3 }], jam)).toBe(null);
    expect(decideBy([{ match: { body: "/^paper/gy" }, button: 3 }], jam)).toBe(null);
    expect(decideBy([{ match: { title: "/a\\/b|jam$/" }, button: 3 }], jam)).toEqual(RETRY);
  });

  it("match all fields of the JSON line, and every one that is given", () => {
    const match = { type: "notification.customUi", id: "n1", server: "print1", printer: "HP4", registration: "r1" };
    const more = { channel: "c1", dll: "vendor.dll", entrypoint: "AskUser", bidi: true, text: "/tray/" };
    const text = { kind: "text", text: "2" };
    expect(decideBy([{ match: { ...match, ...more }, text: "2" }], question(CUSTOM_UI))).toEqual(text);
    for (const field of Object.keys({ ...match, ...more })) {
      expect(decideBy([{ match: { ...match, ...more, [field]: "other" }, text: "2" }], question(CUSTOM_UI))).toBe(null);
    }
    const data = { match: { type: "notification.customData", entrypoint: "TakeData" }, text: "2" };
    expect(decideBy([data], question(CUSTOM_DATA))).toEqual(text);
  });

  it("do not match a field that there is not, unless null is asked for", () => {
    const server = question(PAPER_JAM, { printer: null });
    expect(decideBy([{ match: { printer: "/./" }, button: "3" }], server)).toBe(null);
    expect(decideBy([{ match: { printer: "null" }, button: "3" }], server)).toBe(null);
    expect(decideBy([{ match: { printer: null }, button: "3" }], server)).toEqual(RETRY);
    expect(decideBy([{ match: { dll: "vendor.dll" }, button: "3" }], server)).toBe(null);
  });

  it("win in their order, and the first one that matches wins", () => {
    const rules = [
      { match: { title: "Other" }, button: "IDOK" },
      { match: { title: "/jam/" }, skip: true },
      { match: {}, button: "IDOK" },
    ];
    expect(decideBy(rules, question(PAPER_JAM))).toEqual({ kind: "skip" });
    expect(decideBy([], question(PAPER_JAM))).toBe(null);
  });

  it("with a button are for message boxes, with a text for custom UI and data", () => {
    const rules = [
      { match: {}, button: "IDOK" },
      { match: {}, text: "tray 2" },
    ];
    expect(decideBy(rules, question(PAPER_JAM))).toMatchObject({ kind: "button" });
    expect(decideBy(rules, question(CUSTOM_UI))).toEqual({ kind: "text", text: "tray 2" });
    expect(decideBy(rules, question(CUSTOM_DATA))).toEqual({ kind: "text", text: "tray 2" });
  });

  it("skip however skipping is written", () => {
    for (const skip of [{ skip: true }, { skip: "skip" }, { skip: "" }, { skip: null }, { button: "skip" }]) {
      expect(decideBy([{ match: {}, ...skip }], question(PAPER_JAM))).toEqual({ kind: "skip" });
    }
  });

  it("give up a regular expression that would take for ever", () => {
    const box = { ...PAPER_JAM, body: "a".repeat(50) };
    expect(() =>
      decideBy([{ match: { body: "/^(a+)+$/" }, button: "3" }], question({ ...box, body: `${box.body}!` })),
    ).toThrow(
      expect.objectContaining({
        code: "reply",
        message: expect.stringMatching(
          /^The regular expression \/\^\(a\+\)\+\$\/ took longer than \d+ ms\.$/,
        ) as unknown,
      }),
    );
  });

  it("have less time after many texts that took too long, so that everything else is heard", () => {
    const box = question({ ...PAPER_JAM, body: `${"a".repeat(50)}!` });
    const rules = [{ match: { body: "/^(a+)+$/" }, button: "3" }];
    const allowed = Array.from({ length: 4 }, () => {
      try {
        decideBy(rules, box);
      } catch (error) {
        return Number(/took longer than (\d+) ms/.exec((error as Error).message)?.[1]);
      }
      return NaN;
    });
    expect(allowed.at(-1)).toBe(50);
    // What is quick is found all the same.
    expect(decideBy([{ match: { body: "/aa!/" }, button: "3" }], box)).toEqual(RETRY);
  });

  it("have the time that the processor works for them, not that in which the machine does other things", () => {
    const none = { user: 0, system: 0 };
    const worked = vi.spyOn(process, "cpuUsage");
    for (let i = 0; i < 6; i++) worked.mockReturnValueOnce(none);
    worked.mockReturnValue({ user: 1e9, system: 0 });
    onTestFinished(() => worked.mockRestore());
    const box = question({ ...PAPER_JAM, body: `${"a".repeat(50)}!` });
    expect(() => decideBy([{ match: { body: "/^(a+)+$/" }, button: "3" }], box)).toThrow("took longer than 50 ms");
    // Once at the start; before and after each search: two were tried again.
    expect(worked).toHaveBeenCalledTimes(7);
  });

  it("look at the first 65,536 characters of a text with a regular expression", () => {
    const box = { ...PAPER_JAM, body: `${"x".repeat(65_535)}yz${"x".repeat(5_000_000)}` };
    expect(decideBy([{ match: { body: "/y/" }, button: "3" }], question(box))).toEqual(RETRY);
    expect(decideBy([{ match: { body: "/z/" }, button: "3" }], question(box))).toBe(null);
  });
});

describe("a rules file", () => {
  function problem(text: string): string {
    using scripts = new Scripts();
    try {
      loadRules(scripts.file("rules.json", text));
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      return (error as UsageError).message.replaceAll(`${scripts.folder}/`, "");
    }
    return "none";
  }

  it("may begin with a byte order mark", () => {
    expect(problem('\ufeff[{"match":{},"button":"IDOK"}]')).toBe("none");
  });

  it("must be there", () => {
    expect(() => loadRules("/nowhere/rules.json")).toThrow(
      /^The rules file \/nowhere\/rules\.json cannot be read: there is no such file/,
    );
  });

  it("must be a JSON list", () => {
    expect(problem("[{]")).toBe("rules.json:1:3: the rules file is not valid JSON: expected a name in quotes.");
    expect(problem('{"match":{},"button":"IDOK"}')).toBe("The rules file rules.json must hold a JSON list of rules.");
  });

  const good = '{"match":{},"skip":true}';
  it.each([
    ["3", "rules.json:1:27, entry 2: a rule must be a JSON object."],
    ["[]", "rules.json:1:27, entry 2: a rule must be a JSON object."],
    [
      '{"button":"IDOK"}',
      'rules.json:1:27, entry 2: "match" must be an object of fields, for instance {"title":"Paper jam"}.',
    ],
    ['{"match":{}}', 'rules.json:1:27, entry 2: it needs exactly one of "button", "text" and "skip".'],
    [
      '{"match":{},"button":"IDOK","skip":true}',
      'rules.json:1:48, entry 2: it needs exactly one of "button", "text" and "skip".',
    ],
    [
      '{"match":{},"button":"OK"}',
      'rules.json:1:48, entry 2: "OK" is no button: write IDOK, IDCANCEL, an integer such as 3, or =Label.',
    ],
    ['{"match":{},"press":"OK"}', 'rules.json:1:47, entry 2: "press" is not one of "button", "text" and "skip".'],
    ['{"match":{"titel":"a"},"skip":true}', 'rules.json:1:45, entry 2, match: there is no field "titel".'],
    ['{"match":{"toString":"a"},"skip":true}', 'rules.json:1:48, entry 2, match: there is no field "toString".'],
    [
      '{"match":{"title":["a"]},"skip":true}',
      'rules.json:1:45, entry 2, match.title: it must be a text, or "/regex/flags".',
    ],
    [
      '{"match":{"title":"/(/"},"skip":true}',
      "rules.json:1:45, entry 2, match.title: Invalid regular expression: /(/: Unterminated group.",
    ],
    [
      '\n {"match":\n  {"title":"/a/I"},"skip":true}',
      "rules.json:3:12, entry 2, match.title: regular expressions have no flag I.",
    ],
    [
      '{"match":{"title":"/a/q"},"skip":true}',
      "rules.json:1:45, entry 2, match.title: regular expressions have no flag q.",
    ],
  ])("is refused with %s, naming line, column, entry and field", (entry, message) => {
    expect(problem(`[${good},${entry}]`)).toBe(message);
  });
});
