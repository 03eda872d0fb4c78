import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { addConnectionOptions } from "../../src/cli/options/connection-options.js";
import { addIdentityOptions } from "../../src/cli/options/identity-options.js";
import { addRunOptions } from "../../src/cli/options/watch-options.js";
import { FLAGS, withFlags } from "../../src/cli/hints.js";
import { Command } from "commander";

const SRC = fileURLToPath(new URL("../../src/", import.meta.url));
/** A flag within a sentence; those of programs that the reader is told to run stay. */
const FLAG = /\.ts: .*[^ ](?<!\b(?:klist|setspn)|\.ts:)(?: | ?\()--?[a-z]/i;

/** All texts of the library: of every source file outside the command line. */
function libraryTexts(): string[] {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" });
  const library = files.filter((file) => file.endsWith(".ts") && !file.startsWith("cli/"));
  return library.flatMap((file) => textsOf(file).map((text) => `${file}: ${text}`));
}

function textsOf(file: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      texts.push(node.text);
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile(file, readFileSync(SRC + file, "utf8"), ts.ScriptTarget.Latest));
  return texts;
}

describe("hints", () => {
  const texts = libraryTexts();

  it("of the library name its own options, never flags of the command line", () => {
    expect(texts.length).toBeGreaterThan(1000);
    expect(texts.filter((text) => FLAG.test(text))).toEqual([]);
  });

  it.each(FLAGS)("of the library that say %s become %s, which the command has", (name, flag) => {
    expect(texts.filter((text) => text.includes(name)).length).toBeGreaterThan(0);
    expect(withFlags(`try ${name} or wait`)).toBe(`try ${flag} or wait`);
    const command = addRunOptions(addConnectionOptions(addIdentityOptions(new Command())));
    expect(command.options.flatMap(({ short, long }) => [short, long])).toContain(flag.split(" ")[0]);
  });

  it("about a printer that a server does not know name the command that lists them", () => {
    const hints = texts.filter((text) => /Check the printer's share name/.test(text)).map(withFlags);
    expect(hints).not.toEqual([]);
    for (const hint of hints) expect(hint).toContain("panwatch printers lists them");
  });

  it("leave no name of a group of options to the reader of the command line", () => {
    const hints = texts
      .map((text) => text.slice(text.indexOf(": ") + 2))
      .filter((text) => / (connection|retry)\./.test(text))
      // Wrong options of a program: the command does not come that way.
      .filter((text) => !text.startsWith("the option "));
    expect(hints.map(withFlags).filter((text) => / (connection|retry)\./.test(text))).toEqual([]);
  });
});
