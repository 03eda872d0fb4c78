import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../../src/errors.js";
import { loadStringTables } from "../../../src/notifications/strings/load-string-tables.js";
import { defaultStringTables } from "../../../src/notifications/strings/string-tables.js";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "panwatch-strings-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

describe("string tables", () => {
  it("know the default strings and nothing else", () => {
    expect(defaultStringTables.lookup(null, 600)).toEqual({ text: "OK", source: "default" });
    expect(defaultStringTables.lookup("prnntfy.DLL", 600)).toEqual({ text: "OK", source: "default" });
    expect(defaultStringTables.lookup("IHV.dll", 600)).toBeNull();
    expect(defaultStringTables.lookup(null, 9)).toBeNull();
  });

  it("come from a file", async () => {
    const path = await file("a.json", '\ufeff{ "IHV.dll": { "1234": "Toner", "-1": "minus" }, "Other.dll": {} }');
    const tables = await loadStringTables(path);
    expect(tables.lookup("ihv.DLL", 1234)).toEqual({ text: "Toner", source: "resources" });
    expect(tables.lookup("IHV.dll", -1)).toEqual({ text: "minus", source: "resources" });
    expect(tables.lookup("IHV.dll", 600)).toBeNull();
    expect(tables.lookup("Other.dll", 1234)).toBeNull();
    expect(tables.lookup(null, 600)).toEqual({ text: "OK", source: "default" });
  });

  it("come from a file of any name", async () => {
    const path = await file("strings", '{ "IHV.dll": { "1": "one" } }');
    expect((await loadStringTables(path)).lookup("IHV.dll", 1)?.text).toBe("one");
  });

  it("replace default strings", async () => {
    const tables = await loadStringTables(await file("de.json", '{ "Prnntfy.dll": { "601": "Abbrechen" } }'));
    expect(tables.lookup(null, 601)).toEqual({ text: "Abbrechen", source: "resources" });
    expect(tables.lookup(null, 600)).toEqual({ text: "OK", source: "default" });
  });

  it("come from every JSON file of a directory, the last by name winning", async () => {
    await file("b.json", '{ "IHV.dll": { "1": "later", "2": "two" } }');
    await file("a.JSON", '{ "ihv.DLL": { "1": "earlier", "3": "three" } }');
    await file("readme.txt", "not a table");
    const tables = await loadStringTables(directory);
    expect([1, 2, 3].map((id) => tables.lookup("IHV.dll", id)?.text)).toEqual(["later", "two", "three"]);
  });

  it("are not confused by names that mean something to JavaScript", async () => {
    const tables = await loadStringTables(
      await file("p.json", '{ "__proto__": { "1": "x" }, "constructor": { "2": "y" } }'),
    );
    expect(tables.lookup("__proto__", 1)?.text).toBe("x");
    expect(tables.lookup("constructor", 2)?.text).toBe("y");
    expect(tables.lookup("toString", 1)).toBeNull();
  });

  it.each([
    ["no JSON", "{", "is no JSON in UTF-8"],
    ["no UTF-8", new Uint8Array([0xff, 0xfe, 0x7b, 0]), "is no JSON in UTF-8"],
    ["a list", "[]", "does not have the right form"],
    ["null", "null", "does not have the right form"],
    ["strings without a file", '{ "1234": "Toner" }', "does not have the right form"],
    ["a key that is no integer", '{ "IHV.dll": { "x1": "a" } }', 'IHV.dll has a key that is no integer: "x1"'],
    ["a text that is none", '{ "IHV.dll": { "1": 2 } }', "string 1 of IHV.dll is no text"],
  ])("refuse %s, naming the file", async (_, content, problem) => {
    const path = await file("bad.json", content);
    const loading = loadStringTables(path);
    await expect(loading).rejects.toThrow(UsageError);
    await expect(loading).rejects.toThrow(path);
    await expect(loading).rejects.toThrow(problem);
  });

  it("refuse what is not there", async () => {
    const path = join(directory, "missing.json");
    await expect(loadStringTables(path)).rejects.toThrow(
      `The string tables in ${path} cannot be read: there is no such file or folder.`,
    );
  });

  it("refuse a directory without tables, and a directory that looks like one", async () => {
    await expect(loadStringTables(directory)).rejects.toThrow(
      `The directory ${directory} holds no string tables and no driver files.`,
    );
    await mkdir(join(directory, "x.json"));
    await expect(loadStringTables(directory)).rejects.toThrow(UsageError);
  });
});
