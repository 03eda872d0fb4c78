import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { run } from "./support/run.js";
import { violationOf } from "./support/schema.js";

describe("panwatch help", () => {
  it.each(["json", "rules", "hooks", "credentials", "exit-codes", "environment"])(
    "prints the chapter %s",
    async (name) => {
      const { code, stdout, stderr } = await run(["help", name]);
      const page = readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), "utf8");
      const [heading = ""] = page.split("\n");
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout.split("\n")[0]).toBe(heading.replace("# ", "").toUpperCase());
      expect(stdout).not.toMatch(/```|^\||\]\(/m);
      // Whatever the layout, no word of the page is missing; what is to be copied keeps its lines.
      const words =
        page.replace(/\]\([^)]+\)|\*\*|^#+ .*$|^```.*$|^\|.*\|\n(?=\| -)/gm, "").match(/[\w./=$-]+[\w=]/g) ?? [];
      expect(words.filter((word) => !stdout.includes(word) && /[a-z]/.test(word))).toEqual([]);
      expect(stdout.split("\n").filter((line) => line.length > 80 && !line.startsWith("    "))).toEqual([]);
    },
  );

  it("names its chapters, and still tells about commands", async () => {
    expect((await run(["help"])).stdout).toContain("help json|rules|hooks|credentials|exit-codes|environment");
    expect((await run(["help", "watch"])).stdout).toBe((await run(["watch", "--help"])).stdout);
  });

  it.each([
    ["rulse", "Did you mean rules?"],
    ["wathc", "Did you mean watch?"],
    ["nothing", "The chapters are json, rules, hooks, credentials, exit-codes, environment."],
  ])("knows no chapter %s, but %s", async (name, hint) => {
    const { code, stderr } = await run(["help", name]);
    expect([code, stderr]).toEqual([2, `panwatch: There is no chapter and no command of that name. ${hint}\n`]);
  });
});

describe("panwatch schema", () => {
  it("is a JSON Schema, which takes what decode prints and refuses what it never would", async () => {
    const { code, stdout } = await run(["schema"]);
    expect(code).toBe(0);
    const validate = new Ajv({ validateFormats: false, allowUnionTypes: true }).compile(JSON.parse(stdout) as object);
    const xml = "<Notification printerName='HP4'><Schema name='A:B'><BIDI_INT>1</BIDI_INT></Schema></Notification>";
    const decoded = await run(["decode", "-o", "json"], { input: xml });
    const line = JSON.parse(decoded.stdout) as Record<string, unknown>;
    expect(validate(line), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...line, settings: null })).toBe(false);
    expect(validate({ ...line, later: "added" })).toBe(true);
    expect(violationOf({ ...line, later: "added" })).toContain("additional properties");
  });
});
