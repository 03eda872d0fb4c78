import { describe, expect, it } from "vitest";
import { wantsColour } from "../../src/cli/colour.js";

describe("colour", () => {
  it.each([
    ["always", {}, false, true],
    ["always", { NO_COLOR: "1" }, false, true],
    ["never", { FORCE_COLOR: "1" }, true, false],
    ["auto", {}, true, true],
    ["auto", {}, false, false],
    ["auto", { NO_COLOR: "1" }, true, false],
    ["auto", { NO_COLOR: "" }, true, true],
    ["auto", { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
    ["auto", { FORCE_COLOR: "1" }, false, true],
    ["auto", { FORCE_COLOR: "0" }, true, false],
    ["auto", { FORCE_COLOR: "false" }, true, false],
    ["auto", { TERM: "dumb" }, true, false],
  ] as const)("--color %s, %j, on a terminal: %s → %s", (choice, env, isTerminal, expected) => {
    expect(wantsColour({ choice, env, isTerminal })).toBe(expected);
  });
});
