import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PNG } from "pngjs";
import { NtExecutable, NtExecutableResource, Resource } from "resedit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesSource } from "../resources/support/bytes-source.js";
import { DriverFile } from "../../src/resources/driver-file.js";
import { PANWATCH } from "../e2e/support/panwatch.js";
import { run } from "../e2e/support/run.js";
import { TmuxTerminal } from "../e2e/support/tmux.js";
import { bitmapFile, dib32, icon32, iconFile, quarters } from "../resources/support/pictures.js";
import { buildDll, hasMingw, type Bits } from "./support/driver-dll.js";
import { describePeer } from "./support/peer.js";

const SCRIPT = `
LANGUAGE 9, 1
STRINGTABLE { 100, "Paper jam" 101, "Clear the paper path of %1 — now." 102, "Done" 103, "Give up" 1234, "Toner low" }
1 ICON "driver.ico"
7 BITMAP "driver.bmp"
LANGUAGE 7, 1
STRINGTABLE { 100, "Papierstau" 101, "Räumen Sie den Papierweg von %1 frei." 102, "Fertig" 103, "Aufgeben" 1234, "Wenig Toner" }
`;

const MESSAGES = `MessageIdTypedef=DWORD
LanguageNames=(English=0x409:MSG00409)
LanguageNames=(German=0x407:MSG00407)

MessageId=2000
SymbolicName=FUSER
Language=English
The fuser of %1 is too hot.
.
Language=German
Die Fixiereinheit von %1 ist zu heiß.
.
`;

const FILES = {
  "driver.ico": iconFile(32, icon32(quarters(32))),
  "driver.bmp": bitmapFile(dib32(quarters(8).map((row) => row.map(([red, green, blue]) => [red, green, blue])))),
};

const SAMPLES = new URL("../fuzz/corpus/notifications/", import.meta.url);
const BALLOON = fileURLToPath(new URL("spec-4.2-balloon.xml", SAMPLES));
const BITMAP_BOX = fileURLToPath(new URL("message-box-bitmap.xml", SAMPLES));
const MESSAGE_BOX = fileURLToPath(new URL("spec-4.4-message-box.xml", SAMPLES));

describePeer(
  "driver files that mingw-w64 builds",
  hasMingw(),
  () => {
    const dlls = new Map<Bits, Uint8Array>();
    let folder: string;

    beforeAll(() => {
      for (const bits of [32, 64] as const)
        dlls.set(bits, buildDll({ bits, script: SCRIPT, messages: MESSAGES, files: FILES }));
      folder = mkdtempSync(join(tmpdir(), "panwatch-drivers-"));
      mkdirSync(join(folder, "x64", "3"), { recursive: true });
      writeFileSync(join(folder, "x64", "3", "ihv.DLL"), dlls.get(64) ?? "");
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    describe.each([32, 64] as const)("of %i bits", (bits) => {
      it("say what resedit reads in them, in both languages", () => {
        const bytes = dlls.get(bits) ?? new Uint8Array(0);
        const { entries } = NtExecutableResource.from(NtExecutable.from(bytes, { ignoreCert: true }));
        for (const lang of [0x407, 0x409]) {
          const file = new DriverFile([bytesSource(bytes)], lang);
          const oracle = Resource.StringTable.fromEntries(lang, entries).getAllStrings();
          expect(oracle).toHaveLength(5);
          for (const { id, text } of oracle) expect(file.string(id)).toBe(text);
        }
      });

      it("say their messages in both languages", () => {
        const source = bytesSource(dlls.get(bits) ?? new Uint8Array(0));
        expect(new DriverFile([source], 0x409).string(2000)).toBe("The fuser of %1 is too hot.");
        expect(new DriverFile([source], 0x407).string(2000)).toBe("Die Fixiereinheit von %1 ist zu heiß.");
      });
    });

    it.each([
      ["4.2", BALLOON, "en", { title: "Toner low", body: "Paper jam" }],
      ["4.2", BALLOON, "de", { title: "Wenig Toner", body: "Papierstau" }],
      ["4.4", MESSAGE_BOX, "en-GB", { title: "Paper jam", body: "Clear the paper path of %1 — now." }],
      ["4.4", MESSAGE_BOX, "de-AT", { title: "Papierstau", body: "Räumen Sie den Papierweg von %1 frei." }],
    ])("show the sample of [MS-PAN] %s (%#) in another language", async (_section, file, lang, texts) => {
      const { code, stdout, stderr } = await run(["decode", "-o", "json", "--resources", folder, "--lang", lang, file]);
      expect([code, stderr]).toEqual([0, ""]);
      expect(JSON.parse(stdout)).toMatchObject(texts);
    });

    it("name the buttons of a message box, and the locale chooses the language", async () => {
      const { stdout } = await run(["decode", "--resources", folder, MESSAGE_BOX], { env: { LC_ALL: "de_DE.UTF-8" } });
      expect(stdout).toContain("Buttons: Fertig (3), Aufgeben (4)");
    });

    it.each([
      ["icon", BALLOON, quarters(32)],
      ["bitmap", BITMAP_BOX, quarters(8)],
    ])("give their %s as PNG under --images always, and never else", async (field, file, expected) => {
      const command = ["decode", "-o", "json", "--resources", folder, file];
      const { stdout } = await run([...command, "--images", "always"]);
      const { png } = (JSON.parse(stdout) as Record<string, { png: string }>)[field] ?? { png: "" };
      const { width, height, data } = PNG.sync.read(Buffer.from(png, "base64"));
      const opaque = field === "bitmap" ? expected.map((row) => row.map(([r, g, b]) => [r, g, b, 255])) : expected;
      expect([width, height, [...data]]).toEqual([expected.length, expected.length, opaque.flat(2)]);
      expect(JSON.parse((await run(command)).stdout)).toHaveProperty(field, {
        id: expect.any(Number) as number,
        dll: "IHV.dll",
      });
    });

    it.each([
      ["icon", "true colour", BALLOON, "COLORTERM=truecolor", "\x1b[38;2;255;0;0m", 16 * 8],
      ["icon", "256 colours", BALLOON, "TERM=screen-256color", "\x1b[38;5;196m", 16 * 8],
      ["bitmap", "true colour", BITMAP_BOX, "COLORTERM=truecolor", "\x1b[38;2;255;0;0m", 8 * 4],
    ])("show their %s in a terminal of %s, and none in a pipe", async (_what, _colours, file, setting, red, blocks) => {
      const command = `"${process.execPath}" "${PANWATCH}" decode --resources "${folder}" "${file}"`;
      using window = new TmuxTerminal(
        `unset NO_COLOR FORCE_COLOR COLORTERM\nexport ${setting}\n${command}\n${command} | cat\necho done\n`,
      );
      await window.shows("done");
      const [shown = "", piped = ""] = window
        .screen()
        .split(/Balloon|Message box/)
        .slice(1);
      expect([shown.match(/▀/g)?.length, piped.includes("▀")]).toEqual([blocks, false]);
      expect(window.colours()).toContain(red);
    });

    it("are asked for once where they are not there, with the parameters in the text", async () => {
      const { stdout, stderr } = await run(["decode", BALLOON]);
      expect(stdout).toContain("[string 1234 in IHV.dll]");
      expect(stderr.trimEnd().split("\n")).toEqual([
        "panwatch: string 1234 stands in IHV.dll, a file of the driver: fetch it from the server's print$ share " +
          "(panwatch resources TARGET DIR) and name its folder with --resources",
      ]);
    });
  },
  "mingw-w64",
);
