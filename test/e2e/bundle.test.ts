import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cleanEnvironment } from "./support/run.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const FIRST_STRING = /^ 100 {2}\S/;

describe("the command without its bundle", () => {
  it("runs what `npx tsc` alone has made", () => {
    const copy = mkdtempSync(join(tmpdir(), "panwatch-unbundled-"));
    try {
      for (const part of ["package.json", "bin", "dist"])
        cpSync(join(root, part), join(copy, part), { recursive: true });
      rmSync(join(copy, "dist/bundle"), { recursive: true });
      symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
      const { stdout, stderr } = spawnSync(process.execPath, [join(copy, "bin/panwatch.js"), "strings"], {
        env: cleanEnvironment(),
        encoding: "utf8",
      });
      expect({ stdout, stderr }).toEqual({ stdout: expect.stringMatching(FIRST_STRING) as string, stderr: "" });
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});

/** The bundle in a folder of its own: nothing else of the package is there, and none of its dependencies. */
describe("the bundled command", () => {
  let copy: string;
  let bundle: string;

  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), "panwatch-bundle-"));
    bundle = join(copy, "dist/bundle");
    for (const part of ["package.json", "dist/bundle"]) cpSync(join(root, part), join(copy, part), { recursive: true });
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  function strings() {
    const program = `void require(${JSON.stringify(join(bundle, "start.cjs"))}).start(["strings"])`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", program], {
      env: cleanEnvironment(),
      encoding: "utf8",
    });
    return { stdout, stderr };
  }

  /** The code that V8 compiled when the bundle was made; another version of Node has none. */
  const compiled = (): string[] =>
    readdirSync(bundle)
      .filter((name) => name.startsWith("main.cjs."))
      .map((name) => join(bundle, name));

  it("is whole", () => {
    expect(strings()).toEqual({ stdout: expect.stringMatching(FIRST_STRING) as string, stderr: "" });
  });

  it("works without compiled code", () => {
    for (const file of compiled()) rmSync(file);
    expect(strings()).toEqual({ stdout: expect.stringMatching(FIRST_STRING) as string, stderr: "" });
  });

  it.each(["", "something else"])("works where the compiled code is damaged: %j", (text) => {
    for (const file of compiled()) writeFileSync(file, text);
    expect(strings()).toEqual({ stdout: expect.stringMatching(FIRST_STRING) as string, stderr: "" });
  });
});
