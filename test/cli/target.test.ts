import { describe, expect, it } from "vitest";
import { PrinterNameError, exitCodeOf } from "../../src/cli/exit-codes.js";
import { parseAccount, parseTarget } from "../../src/cli/target.js";
import { UsageError } from "../../src/errors.js";

/** The parts of a TARGET: domain, user, server, printer. */
function parts(text: string): (string | null)[] {
  const { domain, user, server, printer } = parseTarget(text);
  return [domain, user, server, printer];
}

describe("TARGET", () => {
  it.each([
    ["printsrv", [null, null, "printsrv", null]],
    ["printsrv.corp.example/HP4", [null, null, "printsrv.corp.example", "HP4"]],
    ["printsrv/", [null, null, "printsrv", null]],
    ["alice@printsrv", [null, "alice", "printsrv", null]],
    ["CORP/alice@printsrv/HP4", ["CORP", "alice", "printsrv", "HP4"]],
    ["CORP\\alice@printsrv", ["CORP", "alice", "printsrv", null]],
    ["192.0.2.7/HP4", [null, null, "192.0.2.7", "HP4"]],
  ])("reads %s", (text, expected) => {
    expect(parts(text)).toEqual(expected);
  });

  it("ends the identity at the last @, so that a UPN works", () => {
    expect(parts("alice@corp.example@printsrv/HP4")).toEqual([null, "alice@corp.example", "printsrv", "HP4"]);
  });

  it("takes the printer as it is", () => {
    expect(parts("printsrv/Second floor (left): 50% off/b")).toEqual([
      null,
      null,
      "printsrv",
      "Second floor (left): 50% off/b",
    ]);
  });

  it.each([
    ["//printsrv/HP@4", [null, null, "printsrv", "HP@4"]],
    ["//printsrv", [null, null, "printsrv", null]],
    ["//printsrv/", [null, null, "printsrv", null]],
    ["\\\\printsrv\\HP 4@left", [null, null, "printsrv", "HP 4@left"]],
    ["\\\\printsrv", [null, null, "printsrv", null]],
    ["\\\\printsrv\\a/b", [null, null, "printsrv", "a/b"]],
  ])("reads the network form %s", (text, expected) => {
    expect(parts(text)).toEqual(expected);
  });

  it.each([
    ["[fd00::1]/HP4", [null, null, "fd00::1", "HP4"]],
    ["alice@[::1]", [null, "alice", "::1", null]],
    ["[fe80::1%eth0]", [null, null, "fe80::1%eth0", null]],
    ["//[::ffff:192.0.2.1]/HP4", [null, null, "::ffff:192.0.2.1", "HP4"]],
  ])("reads the IPv6 address of %s", (text, expected) => {
    expect(parts(text)).toEqual(expected);
  });

  it.each([
    "",
    "/HP4",
    "//",
    "\\\\",
    "@printsrv",
    "alice@",
    "a/b/alice@printsrv",
    "/alice@printsrv",
    "CORP/@printsrv",
    "[::1",
    "[printsrv]",
    "[::1]HP4",
    "fd00::1",
    "print srv",
    "print,srv",
    "//alice@printsrv/HP4",
    "\\printsrv\\HP4",
    "print\tsrv",
  ])("refuses %j as wrong usage", (text) => {
    expect(() => parseTarget(text)).toThrow(UsageError);
    expect(() => parseTarget(text)).not.toThrow(PrinterNameError);
  });

  it.each(["printsrv/a\\b", "printsrv/a,b", "//printsrv/a\\b", "\\\\printsrv\\a\\b", "\\\\printsrv\\a,b"])(
    "refuses the printer of %j as the server would (exit 7)",
    (text) => {
      expect(() => parseTarget(text)).toThrow(PrinterNameError);
      expect(exitCodeOf(caught(() => parseTarget(text)))).toBe(7);
    },
  );

  it.each([
    "alice%Sesame!@printsrv",
    "alice:Sesame!@printsrv",
    "CORP/alice%Sesame!@printsrv/HP4",
    "alice%Ses@me!@printsrv",
    "alice%Sesame!",
    "alice:Sesame!",
  ])("refuses a password in %s and does not repeat it", (text) => {
    const error = caught(() => parseTarget(text)) as UsageError;
    expect(error).toBeInstanceOf(UsageError);
    expect(error.hint).toContain("--password-file");
    expect(`${error.message} ${error.hint ?? ""}`).not.toMatch(/Ses|me!/);
  });

  it("reads the account of --user", () => {
    expect(parseAccount("CORP\\alice", "--user")).toEqual({ domain: "CORP", user: "alice" });
    expect(parseAccount("alice@corp.example", "--user")).toEqual({ domain: null, user: "alice@corp.example" });
    expect(() => parseAccount("alice%Sesame!", "--user")).toThrow(/^--user seems to hold a password/);
  });
});

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
