import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadResources } from "../../src/notifications/strings/load-string-tables.js";
import { ENGLISH, GERMAN, image, strings } from "./support/image.js";

let root: string;
let warnings: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "panwatch-drivers-"));
  warnings = [];
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, bytes: Uint8Array | string): string {
  const file = join(root, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

async function text(path: string, dll: string | null, id: number, language = ENGLISH): Promise<string | null> {
  const { strings } = await loadResources(path, { language, warn: (warning) => warnings.push(warning) });
  return strings.lookup(dll, id)?.text ?? null;
}

const JAM = image(strings(ENGLISH, { 100: "Paper jam" }));

describe("a folder of driver files", () => {
  it("is searched with its folders, whatever the ASCII case of a name", async () => {
    put("x64/3/IHV.dll", JAM);
    expect(await text(root, "ihv.DLL", 100)).toBe("Paper jam");
    expect(await text(root, "IHV.dll", 101)).toBe(null);
    expect(await text(root, "other.dll", 100)).toBe(null);
  });

  it("takes the language files beside a driver's file, and only those", async () => {
    put("drivers/IHV.dll", image(strings(ENGLISH, { 100: "Paper jam" })));
    put("drivers/de-DE/ihv.dll.mui", image(strings(GERMAN, { 100: "Papierstau" })));
    put("other/de-DE/IHV.dll.mui", image(strings(GERMAN, { 100: "wrong" })));
    expect(await text(root, "IHV.dll", 100, GERMAN)).toBe("Papierstau");
    expect(await text(root, "IHV.dll", 100)).toBe("Paper jam");
    expect(await text(join(root, "drivers/IHV.dll"), "IHV.dll", 100, GERMAN)).toBe("Papierstau");
  });

  it("is never left: neither by names nor by symbolic links", async () => {
    const outside = put("outside/IHV.dll", JAM);
    mkdirSync(join(root, "inside"));
    put("inside/a.dll", JAM);
    symlinkSync(outside, join(root, "inside/linked.dll"));
    symlinkSync(join(root, "outside"), join(root, "inside/folder"));
    const inside = join(root, "inside");
    for (const name of [
      "../outside/IHV.dll",
      "..\\outside\\IHV.dll",
      outside,
      "linked.dll",
      "IHV.dll",
      "folder/IHV.dll",
    ])
      expect(await text(inside, name, 100), name).toBe(null);
    expect(await text(inside, "A.dll", 100)).toBe("Paper jam");
  });

  it("puts string tables before driver files, and both before the default strings", async () => {
    put("IHV.dll", image(strings(ENGLISH, { 100: "Paper jam", 101: "Toner low" })));
    put("Prnntfy.dll", image(strings(ENGLISH, { 103: "The paper is used up" })));
    put("tables.json", '{"IHV.dll":{"100":"Jam!"}}');
    expect(await text(root, "IHV.dll", 100)).toBe("Jam!");
    expect(await text(root, "IHV.dll", 101)).toBe("Toner low");
    expect(await text(root, null, 103)).toBe("The paper is used up");
    expect(await text(root, null, 600)).toBe("OK");
  });

  it("says once of a file that it cannot be used", async () => {
    const file = put("IHV.dll", JAM.slice(0, 300));
    const { strings } = await loadResources(root, { warn: (warning) => warnings.push(warning) });
    expect([strings.lookup("IHV.dll", 100), strings.lookup("ihv.dll", 100)]).toEqual([null, null]);
    expect(warnings).toEqual([expect.stringMatching(`^The resources of ${file} cannot be used: `)]);
  });

  it("does without a language file that is broken, and says so", async () => {
    put("IHV.dll", JAM);
    const broken = put("de-DE/IHV.dll.mui", "MZ");
    expect(await text(root, "IHV.dll", 100, GERMAN)).toBe("Paper jam");
    expect(warnings).toEqual([expect.stringContaining(`The language file ${broken} cannot be used: DOS header`)]);
  });

  it("must hold something", async () => {
    await expect(loadResources(root)).rejects.toThrow(
      `The directory ${root} holds no string tables and no driver files.`,
    );
  });
});

describe("one driver file", () => {
  it("is told by its content, and refused at once when it is broken", async () => {
    expect(await text(put("driver.bin", JAM), "driver.bin", 100)).toBe("Paper jam");
    const broken = put("broken.dll", JAM.slice(0, 300));
    await expect(loadResources(broken)).rejects.toThrow(
      expect.objectContaining({
        code: "usage",
        message: expect.stringContaining(`The driver file ${broken} cannot be used`) as string,
      }),
    );
  });
});
