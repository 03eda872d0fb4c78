import { describe, expect, it } from "vitest";
import { parseReplyOption } from "../../../src/cli/replies/option.js";
import { UsageError } from "../../../src/errors.js";
import { Scripts } from "../programs/scripts.js";

describe("--reply", () => {
  it("takes none, a button, a rules file and a program", () => {
    using scripts = new Scripts();
    expect(parseReplyOption("none")).toEqual({ via: "none" });
    expect(parseReplyOption("button=IDOK")).toEqual({ via: "button", choice: { by: "id", text: "IDOK" } });
    expect(parseReplyOption("button==Try again")).toEqual({
      via: "button",
      choice: { by: "label", text: "Try again" },
    });
    const program = scripts.sh("my answers.sh", "echo IDOK");
    expect(parseReplyOption(`exec=${program}`)).toEqual({ via: "exec", program });
    const rules = scripts.file("my rules.json", '[{"match":{},"skip":true}]');
    expect(parseReplyOption(`rules=${rules}`)).toEqual({
      via: "rules",
      rules: [{ number: 1, match: [], decision: { kind: "skip" } }],
    });
  });

  it.each(["", "yes", "button", "button=", "rules=", "exec=", "IDOK", "NONE"])("refuses %j", (value) => {
    expect(() => parseReplyOption(value)).toThrow("--reply takes none, button=B, rules=FILE or exec=PROG.");
  });

  it("says how a label is written", () => {
    expect(() => parseReplyOption("button=Retry")).toThrow(UsageError);
    expect(() => parseReplyOption("button=Retry")).toThrow(
      expect.objectContaining({ hint: "For a button with the label Retry, put an = before it: '=Retry'." }),
    );
  });
});
