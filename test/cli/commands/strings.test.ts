import { describe, expect, it } from "vitest";
import { stringsCommand } from "../../../src/cli/commands/strings.js";
import { exitCodeOf } from "../../../src/cli/exit-codes.js";
import { runCommand } from "./run-command.js";

describe("panwatch strings", () => {
  it("prints all of them, a line each", async () => {
    const { stdout, error } = await runCommand(stringsCommand(), []);
    expect(error).toBeNull();
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(128);
    expect(lines[2]).toBe(" 102  Document: %1\\nPrinter: %2\\nTime: %3\\nTotal pages: %4");
    expect(lines.at(-1)).toBe("2703  <unknown>");
  });

  it("prints those that are asked for, in that order", async () => {
    expect(await runCommand(stringsCommand(), ["601", "600"])).toEqual({
      stdout: " 601  Cancel\n 600  OK\n",
      error: null,
    });
  });

  it("prints JSON lines", async () => {
    const { stdout } = await runCommand(stringsCommand(), ["-o", "json", "1000"]);
    expect(stdout).toBe('{"v":1,"type":"string","id":1000,"text":"Document: %1\\n"}\n');
  });

  it("prints what there is, and ends with 1 when a number has none", async () => {
    const { stdout, error } = await runCommand(stringsCommand(), ["600", "9", "99"]);
    expect(stdout).toBe(" 600  OK\n");
    expect((error as Error).message).toBe("The default resource file has no string 9, 99.");
    expect(exitCodeOf(error)).toBe(1);
  });

  it("refuses what is no number with 2", async () => {
    const { stdout, error } = await runCommand(stringsCommand(), ["IDOK"]);
    expect(stdout).toBe("");
    expect(exitCodeOf(error)).toBe(2);
  });
});
