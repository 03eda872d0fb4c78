import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CHAPTERS } from "../../src/cli/chapters.js";
import { COMMANDS } from "../../src/cli/commands.js";
import { isMissing } from "../e2e/support/missing.js";
import { run } from "../e2e/support/run.js";

const ROOT = new URL("../../", import.meta.url);
const { man } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8")) as { man: [string] };
const PAGE = fileURLToPath(new URL(man[0], ROOT));

/** Runs one of the programs that read manual pages, in a locale. */
function read(locale: string, program: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(program, [...args, PAGE], {
    encoding: "utf8",
    env: { ...process.env, MANWIDTH: "80", LC_ALL: locale },
  });
}

describe("the manual page of the package", () => {
  it.skipIf(isMissing("groff"))("has nothing that groff warns of", () => {
    expect(read("C.UTF-8", "groff", "-k", "-man", "-Tutf8", "-ww", "-z")).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "",
    });
  });

  it.skipIf(isMissing("mandoc"))("has nothing that mandoc warns of", () => {
    expect(read("C.UTF-8", "mandoc", "-Tlint", "-W", "warning")).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  it.skipIf(isMissing("man")).each(["C", "C.UTF-8"])(
    "tells every command with its options, and every chapter, to who reads it with man in the locale %s",
    async (locale) => {
      const { stdout, stderr } = read(locale, "man", "--warnings", "-l");
      expect(stderr).toBe("");
      const text = stdout.replace(/.\u0008/g, "");
      for (const { name } of COMMANDS) expect(text).toContain(`\n   panwatch ${name}\n`);
      const help = (await run(["watch", "--help"])).stdout;
      const options = [...help.matchAll(/^ {2}(-\S+(?:, --\S+)?(?: <\S+>)?)(?: {2}|$)/gm)].map(
        ([, flags = ""]) => flags,
      );
      expect(options.length).toBeGreaterThan(40);
      for (const flags of options.filter((one) => !one.startsWith("-h"))) expect(text).toContain(`\n       ${flags}`);
      const headings = CHAPTERS.map(
        (name) => readFileSync(new URL(`docs/${name}.md`, ROOT), "utf8").split("\n")[0] ?? "",
      );
      for (const heading of headings) expect(text).toContain(`\n${heading.replace("# ", "").toUpperCase()}\n`);
    },
  );
});
