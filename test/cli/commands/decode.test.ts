import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeCommand } from "../../../src/cli/commands/decode.js";
import { exitCodeOf } from "../../../src/cli/exit-codes.js";
import { PanwatchError, UsageError } from "../../../src/errors.js";
import { request } from "../../notifications/documents.js";
import { CONTEXT, runCommand, type CommandRun } from "./run-command.js";

const BALLOON = request('<balloonUI><title stringID="7" resourceDll="IHV.dll"/><body>J\u00e4m</body></balloonUI>');
const CONFIGURATION =
  '<b:Notification printerName="HP4"><b:Schema name="\\A:B"><b:BIDI_INT>1</b:BIDI_INT></b:Schema></b:Notification>';
const CUSTOM = request('<customData dll="d" entrypoint="e" bidi="false"/>');
const GUID = "25df3b0e-74a9-47f5-80ce-79b4b1eb5c58";
const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "panwatch-decode-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function decode(content: string | Uint8Array, ...options: string[]): Promise<CommandRun> {
  const file = join(folder, "saved");
  await writeFile(file, content);
  return runCommand(decodeCommand(CONTEXT), [...options, file]);
}

async function decodeJson(content: string | Uint8Array, ...options: string[]): Promise<Record<string, unknown>> {
  const { stdout, error } = await decode(content, "-o", "json", ...options);
  expect(error).toBeNull();
  expect(stdout.endsWith("}\n")).toBe(true);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe("panwatch decode", () => {
  it("prints a line as watch would", async () => {
    const { time, ...line } = await decodeJson(utf16(BALLOON));
    expect(new Date(time as string).toISOString()).toBe(time);
    expect(line).toEqual({
      v: 1,
      type: "notification.balloon",
      seq: 1,
      server: null,
      printer: null,
      registration: null,
      channel: null,
      id: "n1",
      title: "[string 7 in IHV.dll]",
      body: "J\u00e4m",
      bodies: ["J\u00e4m"],
      icon: null,
      action: null,
      strings: [
        { path: "title", stringId: 7, dll: "IHV.dll", params: [], text: "[string 7 in IHV.dll]", source: "none" },
        { path: "body[0]", stringId: null, dll: null, params: [], text: "J\u00e4m", source: "literal" },
      ],
      problem: null,
    });
  });

  it.each([
    ["UTF-16LE", utf16(BALLOON)],
    ["UTF-16LE with a byte order mark and a NUL", utf16(`\ufeff${BALLOON}\0`)],
    ["UTF-8", BALLOON],
    ["UTF-8 with a byte order mark and a last line feed", `\ufeff${BALLOON}\n`],
    ["UTF-8 after white space", `\n  ${BALLOON}`],
    ["hexadecimal digits", utf16(BALLOON).toString("hex")],
    [
      "hexadecimal digits in lines",
      utf16(BALLOON)
        .toString("hex")
        .replace(/(..)/g, "$1 ")
        .replace(/(.{60})/g, "$1\n"),
    ],
    ["base64", utf16(BALLOON).toString("base64")],
    [
      "base64 in lines",
      utf16(BALLOON)
        .toString("base64")
        .replace(/(.{76})/g, "$1\r\n"),
    ],
  ])("detects %s", async (_, content) => {
    expect(await decodeJson(content)).toMatchObject({ type: "notification.balloon", body: "J\u00e4m" });
  });

  it.each([
    ["utf-16le", utf16(BALLOON)],
    ["utf-8", BALLOON],
    ["hex", utf16(BALLOON).toString("hex").toUpperCase()],
    ["base64", utf16(BALLOON).toString("base64")],
  ])("takes --encoding %s", async (encoding, content) => {
    expect(await decodeJson(content, "--encoding", encoding)).toMatchObject({ body: "J\u00e4m" });
  });

  it("tells printer configuration by its root element", async () => {
    expect(await decodeJson(CONFIGURATION)).toMatchObject({
      type: "notification.printerConfiguration",
      settings: [{ name: "\\A:B", kind: "BIDI_INT", value: 1, base64: null }],
    });
  });

  it.each([
    ["UTF-16LE", Buffer.concat([utf16(`${CUSTOM}\0`), Buffer.from([0, 255])])],
    ["UTF-8", Buffer.concat([Buffer.from(`${CUSTOM}\0`), Buffer.from([0, 255])])],
  ])("keeps the bytes of custom data behind %s", async (_, content) => {
    expect(await decodeJson(content)).toMatchObject({ data: { text: null, base64: "AP8=", bytes: 2 } });
  });

  it("takes --printer and --resources", async () => {
    const tables = join(folder, "tables.json");
    await writeFile(tables, '{ "IHV.dll": { "7": "Jam in %1" } }');
    const xml = request(
      '<balloonUI><title stringID="7" resourceDll="IHV.dll"><parameter type="PrinterName"/></title></balloonUI>',
    );
    expect(await decodeJson(xml, "--printer", "HP4", "--resources", tables)).toMatchObject({
      printer: "HP4",
      title: "Jam in HP4",
    });
  });

  it("leaves the bytes of another type alone", async () => {
    expect(await decodeJson("<a/>", "--type", `{${GUID.toUpperCase()}}`)).toMatchObject({
      type: "notification.unknown",
      notificationType: GUID,
      data: { text: "<a/>", base64: "PGEvPg==", bytes: 4 },
      problem: null,
    });
  });

  it("prints what does not comply, and ends with 1 and its problem", async () => {
    const { stdout, error } = await decode(request("<balloonUI/>"), "-o", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      type: "notification.unknown",
      problem: 'element "title" is missing ([MS-PAN] 2.2.7.2.2)',
    });
    expect(error).toBeInstanceOf(PanwatchError);
    expect((error as Error).message).toBe(
      'The notification does not comply: element "title" is missing ([MS-PAN] 2.2.7.2.2).',
    );
    expect(exitCodeOf(error)).toBe(1);
  });

  it("refuses a configuration under --type asyncui", async () => {
    const { stdout, error } = await decode(CONFIGURATION, "-o", "json", "--type", "asyncui");
    expect(JSON.parse(stdout)).toMatchObject({ type: "notification.unknown" });
    expect(exitCodeOf(error)).toBe(1);
  });

  it("prints for people, cleaned of control sequences", async () => {
    const { stdout, error } = await decode(
      request("<balloonUI><title>Ja&#x9b;31mm\u202e</title></balloonUI>"),
      "--color",
      "never",
    );
    expect(error).toBeNull();
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d ● Balloon n1 from .*saved\n +Jam\n$/);
  });

  it.each([
    [
      "a file that is not there",
      ["/nonexistent"],
      "The file /nonexistent cannot be read: there is no such file or folder.",
    ],
    ["an unknown encoding", ["--encoding", "ebcdic"], "--encoding takes auto, utf-16le, utf-8, hex or base64."],
    ["an unknown type", ["--type", "balloon"], "--type takes asyncui, printer-config or a GUID."],
    ["string tables that are not there", ["--resources", "/nonexistent", "/dev/null"], "/nonexistent cannot be read"],
  ])("refuses %s with 2", async (_, args, message) => {
    const { stdout, error } = await runCommand(decodeCommand(CONTEXT), args);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toContain(message);
    expect(stdout).toBe("");
  });

  it.each([
    ["hex", "3c0", "The file is no hex."],
    ["hex", "3c0g", "The file is no hex."],
    ["base64", "PAA", "The file is no base64."],
    ["base64", "PA*=", "The file is no base64."],
    ["auto", "garbage", "The file is neither XML nor hex nor base64."],
    ["utf-8", new Uint8Array([0x3c, 0xff]), "The file is not UTF-8."],
  ])("refuses what is not %s with 1", async (encoding, content, message) => {
    const { error } = await decode(content, "--encoding", encoding);
    expect((error as Error).message).toBe(message);
    expect(exitCodeOf(error)).toBe(1);
  });
});
