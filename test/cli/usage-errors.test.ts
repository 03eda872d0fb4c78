import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { fromCommander, refusePasswordOptions } from "../../src/cli/usage-errors.js";
import { UsageError } from "../../src/errors.js";

const complaint = (message: string): UsageError =>
  fromCommander(new CommanderError(1, "commander.x", message), "watch");

describe("options that hold passwords elsewhere", () => {
  it.each([
    "--password",
    "--password=Sesame",
    "-password=Sesame",
    "--passwd=Sesame",
    "--pass",
    "--hashes=Sesame",
    "--nt-hash",
    "-p",
    "-P=Sesame",
    "--pw-nt-hash=Sesame",
  ])("%s is refused with advice, without its value", (option) => {
    const error = caught(() => refusePasswordOptions(["watch", option, "srv"])) as UsageError;
    expect(error).toBeInstanceOf(UsageError);
    expect(error.hint).toContain("--password-file");
    expect(`${error.message} ${error.hint ?? ""}`).not.toContain("Sesame");
  });

  it("ours pass", () => {
    const ours = ["--password-file", "f", "--password-file=f", "--pw-nt-hash", "--port", "--printer", "-v", "passwd"];
    expect(() => refusePasswordOptions(ours)).not.toThrow();
  });
});

describe("what commander complains about", () => {
  it("is one sentence and a hint", () => {
    const error = complaint("error: unknown option '--prot'\n(Did you mean --port?)");
    expect([error.message, error.hint]).toEqual(["Unknown option --prot.", "Did you mean --port?"]);
    expect(complaint("error: missing required argument 'target'")).toMatchObject({
      message: "Missing required argument 'target'.",
      hint: "See panwatch watch --help.",
    });
  });

  it.each([
    ["--json", "--spn", "For JSON lines, write -o json."],
    ["--format", "--port", "The format is chosen with -o: pretty, line or json."],
    ["--color-mode", "--color", "See panwatch watch --help."],
    ["--kerberso", "--kerberos", "Did you mean --kerberos?"],
  ])("suggests for %s only what may have been meant, not %s", (option, suggested, hint) => {
    expect(complaint(`error: unknown option '${option}'\n(Did you mean ${suggested}?)`).hint).toBe(hint);
  });

  it.each([
    ["error: unknown option '--foo=Sesame'", "Unknown option --foo."],
    ["error: unknown option '-xSesame'", "Unknown option -x."],
  ])("does not repeat the value of %j", (message, sentence) => {
    expect(complaint(message).message).toBe(sentence);
  });
});

function caught(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
