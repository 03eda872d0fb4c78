import { expect, it } from "vitest";
import { meantBy } from "../../src/cli/misspelling.js";

const COMMANDS = ["watch", "doctor", "decode", "demo", "serve", "strings"];

it.each([
  ["wacth", ["watch"]],
  ["wtch", ["watch"]],
  ["watchh", ["watch"]],
  ["dem", ["demo"]],
  ["decoed", ["decode"]],
  ["doctor", ["doctor"]],
  ["stringgss", ["strings"]],
  ["printserver", []],
  ["code", []],
  ["", []],
])("%j may have meant %j", (typed, meant) => {
  expect(meantBy(typed, COMMANDS)).toEqual(meant);
});
