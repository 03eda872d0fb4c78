import { describe, expect, it } from "vitest";
import { parseInstruction, type RaiseInstruction } from "../../../src/cli/serve/instruction.js";
import { decodeNotification } from "../../../src/notifications/decode.js";
import { defaultStringTables } from "../../../src/notifications/strings/string-tables.js";

function raise(line: object): RaiseInstruction {
  const instruction = parseInstruction(JSON.stringify(line));
  if (instruction.kind === "close") throw new Error("a close");
  return instruction;
}

/** What clients make of a line. */
function shown(line: object): unknown {
  const { type, data } = raise(line);
  return decodeNotification(type, data, { strings: defaultStringTables, printerName: null });
}

describe("the lines of CLI.md", () => {
  it("balloon", () => {
    expect(shown({ notify: "balloon", title: "T", body: "B" })).toMatchObject({
      kind: "balloon",
      title: "T",
      body: "B",
    });
    expect(raise({ notify: "balloon", title: "T", body: "B" })).toMatchObject({
      kind: "notify",
      printer: null,
      user: null,
      repeat: 1,
      intervalMs: 0,
    });
  });

  it("printerConfiguration", () => {
    const settings = [
      { name: "\\Printer.X:Y", kind: "BIDI_INT", value: 1 },
      { name: "\\Printer.X:Y", kind: "BIDI_INT", value: "12345678901234567890" },
      { name: "\\Printer.X:Y", kind: "BIDI_FLOAT", value: "NaN" },
      { name: "\\Printer.X:Y", kind: "BIDI_BOOL", value: false },
      { name: "\\Printer.X:Y", kind: "BIDI_BLOB", base64: "AAE=" },
    ];
    expect(shown({ notify: "printerConfiguration", printerName: "HP4", settings })).toMatchObject({
      kind: "printerConfiguration",
      printerName: "HP4",
      settings: [
        { value: 1 },
        { value: "12345678901234567890" },
        { value: "NaN" },
        { value: false },
        { bytes: Uint8Array.of(0, 1) },
      ],
    });
  });

  it("customData", () => {
    const line = { notify: "customData", dll: "d.dll", entrypoint: "E", base64: "AAE=" };
    expect(shown(line)).toMatchObject({ kind: "customData", bidi: false, data: Uint8Array.of(0, 1) });
  });

  it("messageBox by the numbers of a driver's file, with parameters and a bitmap", () => {
    const line = { open: "messageBox", stringId: 1234, dll: "IHV.dll", params: ["Tray 2", "A4"], bitmap: 7 };
    const named = { title: '[string 1234 in IHV.dll: "Tray 2", "A4"]', bitmap: { id: 7, dll: "IHV.dll" } };
    expect(shown(line)).toMatchObject({ ...named, bodies: [], buttons: [{ id: "IDOK" }] });
    expect(shown({ ...line, title: "Paper", body: "now" })).toMatchObject({
      title: "Paper",
      bodies: ['[string 1234 in IHV.dll: "Tray 2", "A4"]', "now"],
      bitmap: { id: 7, dll: "IHV.dll" },
    });
  });

  it("balloon with an icon of a driver's file", () => {
    const icon = { id: 1, dll: "IHV.dll" };
    expect(shown({ notify: "balloon", title: "T", icon })).toMatchObject({ icon });
    expect(shown({ notify: "balloon", stringId: 5, dll: "IHV.dll", icon: 1 })).toMatchObject({
      title: "[string 5 in IHV.dll]",
      icon,
    });
  });

  it.each([
    [{ open: "messageBox", stringId: "5" }, "stringId is not a whole number"],
    [{ open: "messageBox", stringId: 5, params: [5] }, "params[0] is not a string."],
    [{ open: "messageBox", title: "T", params: ["5"] }, "There is no field params here."],
    [{ open: "messageBox", title: "T", bitmap: -1 }, "bitmap is not a whole number"],
  ])("%j is refused", (line, message) => {
    expect(() => raise(line)).toThrow(message);
  });

  it("messageBox", () => {
    const buttons = ["IDOK", { id: "3", label: "Retry" }, { id: "4", stringId: 601 }, "5"];
    const line = { open: "messageBox", title: "Q", body: "B", buttons };
    expect(raise(line)).toMatchObject({ kind: "open" });
    expect(shown(line)).toMatchObject({
      kind: "messageBox",
      buttons: [
        { id: "IDOK", label: "OK" },
        { id: "3", label: "Retry" },
        { id: "4", label: "Cancel" },
        { id: "5", label: "5" },
      ],
    });
  });

  it("customUi", () => {
    const line = { open: "customUi", dll: "d.dll", entrypoint: "E", text: "…" };
    expect(shown(line)).toMatchObject({ kind: "customUi", bidi: true, text: "…" });
  });

  it("raw, in both ways, with any GUID and anything in it", () => {
    const notificationType = "{25DF3B0E-74A9-47F5-80CE-79B4B1EB5C58}";
    expect(raise({ notify: "raw", notificationType, base64: "AAE=" })).toMatchObject({
      type: "25df3b0e-74a9-47f5-80ce-79b4b1eb5c58",
      data: Uint8Array.of(0, 1),
    });
    const { data } = raise({ open: "raw", notificationType, xml: "<a" });
    expect(Buffer.from(data).toString("utf16le")).toBe("<a\0");
  });

  it("with printer, user, repeat and intervalMs", () => {
    const extras = { printer: "HP4", user: "alice", repeat: 3, intervalMs: 10 };
    expect(raise({ notify: "balloon", title: "T", ...extras })).toMatchObject(extras);
  });

  it("close", () => {
    expect(parseInstruction('{"close":"c1"}')).toEqual({ kind: "close", channel: "c1" });
  });
});

describe("what is wrong with a line is said in one sentence", () => {
  it.each([
    ["nonsense", "The line is no JSON."],
    ["[1]", "The line is no JSON object."],
    [
      "{}",
      "The line has to hold one of notify, open and close. What there is to notify: balloon, messageBox, customUi, customData, printerConfiguration, raw.",
    ],
    [
      '{"notify":"balloon","open":"raw"}',
      "The line has to hold one of notify, open and close. What there is to notify: balloon, messageBox, customUi, customData, printerConfiguration, raw.",
    ],
    [
      '{"notify":"baloon"}',
      'There is nothing called "baloon" to notify. What there is to notify: balloon, messageBox, customUi, customData, printerConfiguration, raw.',
    ],
    ['{"notify":"__proto__"}', 'There is nothing called "__proto__" to notify.'],
    [
      '{"open":"printerConfiguration"}',
      'There is nothing called "printerConfiguration" to open. What there is to open: balloon, messageBox, customUi, customData, raw.',
    ],
    ['{"notify":"balloon"}', "title is missing."],
    ['{"notify":"balloon","title":1}', "title is no JSON object."],
    ['{"notify":"balloon","title":"T","tilte":"U"}', "There is no field tilte here."],
    ['{"notify":"balloon","title":"T","repeat":0}', "repeat is not a whole number from 1 to 1000000."],
    ['{"notify":"balloon","title":"T","intervalMs":-1}', "intervalMs is not a whole number from 0 to 86400000."],
    ['{"notify":"balloon","title":"a\\u0007"}', "A text holds the character U+0007, which XML cannot carry."],
    ['{"notify":"customData","dll":"d","entrypoint":"E","base64":"A"}', "base64 is not bytes in base64."],
    [
      '{"open":"messageBox","title":"Q","buttons":[]}',
      /^Clients would refuse this notification: a message box has 1 to 5 buttons/,
    ],
    ['{"open":"messageBox","title":"Q","buttons":[{"id":"x"}]}', "buttons[0].id is not IDOK, IDCANCEL or digits."],
    ['{"open":"messageBox","title":"Q","buttons":[{"label":"x"}]}', "buttons[0].id is missing, it is a string."],
    ['{"open":"customUi","dll":"a\\\\b.dll","entrypoint":"E"}', /^Clients would refuse this notification: /],
    ['{"notify":"raw","notificationType":"x","xml":""}', "notificationType is no GUID."],
    ['{"notify":"raw","notificationType":"25df3b0e-74a9-47f5-80ce-79b4b1eb5c58"}', "raw takes either xml or base64."],
    [
      '{"notify":"printerConfiguration","printerName":"P","settings":[{"name":"\\\\A:B","kind":"INT","value":1}]}',
      /^settings\[0\]\.kind is none of BIDI_STRING, /,
    ],
    [
      '{"notify":"printerConfiguration","printerName":"P","settings":[{"name":"\\\\A:B","kind":"BIDI_INT"}]}',
      "settings[0].value is missing.",
    ],
    [
      '{"notify":"printerConfiguration","printerName":"P","settings":[{"name":"\\\\A:B","kind":"BIDI_INT","value":"x"}]}',
      /^Clients would refuse this notification: "x" in BIDI_INT is no integer/,
    ],
  ])("%s", (line, message) => {
    expect(() => parseInstruction(line)).toThrow(message);
  });
});
