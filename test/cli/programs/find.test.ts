import { describe, expect, it } from "vitest";
import { requireProgram } from "../../../src/cli/programs/find.js";
import { UsageError } from "../../../src/errors.js";
import { Scripts } from "./scripts.js";

/** Why a program is refused; null for one that is there. */
function problem(program: string, path = "/usr/bin:/bin"): Pick<UsageError, "message" | "hint"> | null {
  try {
    requireProgram(program, "The hook", path);
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return error as UsageError;
  }
}

describe("a program", () => {
  it("is a path or a name on PATH", () => {
    using scripts = new Scripts();
    const program = scripts.sh("my hook", "true");
    expect(problem(program)).toBeNull();
    expect(problem("my hook", `/nowhere:${scripts.folder}`)).toBeNull();
    expect(problem("sh")).toBeNull();
  });

  it("that is missing is named as it was given", () => {
    expect(problem("notify-sned")).toMatchObject({
      message: "The hook notify-sned is not found on PATH.",
      hint: "Give the path of an executable file, or a name that is found on PATH.",
    });
    expect(problem("./nowhere")).toMatchObject({ message: "The hook ./nowhere is not there." });
    expect(problem("package.json")?.hint).toBe("For the file in this folder, write ./package.json.");
  });

  it("must be executable", () => {
    using scripts = new Scripts();
    const file = scripts.file("hook.sh", "true");
    expect(problem(file)).toMatchObject({
      message: `The hook ${file} is not an executable file that we may run.`,
      hint: "Make it one with chmod +x hook.sh; a script also needs a first line such as #!/bin/sh.",
    });
    expect(problem(scripts.folder)).toMatchObject({ message: `The hook ${scripts.folder} is not there.` });
  });

  it("takes no arguments where only a program can stand", () => {
    expect(problem("answer.sh --quick")?.hint).toBe("It takes no arguments here: put the whole command into a script.");
  });
});
