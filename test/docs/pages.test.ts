import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { page, rules } from "./ms-pan.mjs";
import { picture } from "./picture.mjs";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");

describe("docs/ms-pan.md", () => {
  it("is what `npm run docs` writes", async () => {
    expect(read("docs/ms-pan.md")).toBe(await page());
  });

  it.each(rules())("$section $force $rule: its test is there", ({ proof }) => {
    if (proof.startsWith("rule ")) {
      expect(read("test/interop/peer/README.md")).toContain(`| \`${proof.slice("rule ".length)}\` |`);
    } else {
      const [file = "", ...title] = proof.split(": ");
      expect(read(file)).toContain(title.join(": "));
    }
  });
});

describe("links", () => {
  const pages = ["README.md", "ARCHITECTURE.md", ...readdirSync(new URL("docs/", ROOT)).map((name) => `docs/${name}`)];

  it.each(pages.filter((path) => path.endsWith(".md")))("of %s lead to files", (path) => {
    const links = [...read(path).matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(new URL(link, new URL(path, ROOT))))).toEqual([]);
  });
});

it("docs/demo.svg is what a terminal shows of the demo: `npm run docs` draws it", () => {
  expect(read("docs/demo.svg")).toBe(picture());
});
