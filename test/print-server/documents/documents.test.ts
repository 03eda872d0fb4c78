import { readFileSync } from "node:fs";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { afterAll, describe, expect, it } from "vitest";
import { decodeNotification } from "../../../src/notifications/decode.js";
import { defaultStringTables } from "../../../src/notifications/strings/string-tables.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../../src/pan/types.js";
import {
  balloonDocument,
  customDataDocument,
  customUiDocument,
  messageBoxDocument,
} from "../../../src/print-server/documents/asyncui.js";
import { labelReference } from "../../../src/print-server/documents/button-labels.js";
import { configurationDocument } from "../../../src/print-server/documents/configuration.js";

const validators = new Map(
  ["asyncui-request.xsd", "configuration.xsd"].map((name) => {
    const schema = XmlDocument.fromBuffer(readFileSync(new URL(name, import.meta.url)));
    return [name, { schema, validator: XsdValidator.fromDoc(schema) }];
  }),
);
afterAll(() => {
  for (const { schema, validator } of validators.values()) {
    validator.dispose();
    schema.dispose();
  }
});

/** The text of a document up to its NUL; it has one, no byte order mark, and is valid by its schema as libxml2 has it. */
function valid(bytes: Uint8Array, schema = "asyncui-request.xsd"): string {
  const whole = Buffer.from(bytes).toString("utf16le");
  const text = whole.slice(0, whole.indexOf("\0"));
  expect(whole.indexOf("\0")).toBeGreaterThan(0);
  expect(text.startsWith("<?xml")).toBe(true);
  const document = XmlDocument.fromString(text);
  try {
    validators.get(schema)?.validator.validate(document);
  } finally {
    document.dispose();
  }
  return text;
}

const decode = (type: string, bytes: Uint8Array, strings = defaultStringTables) =>
  decodeNotification(type, bytes, { strings, printerName: null });

const NASTY = `<a href="x">&amp;]]>\t\n\r'é😀`;

describe("documents of notifications", () => {
  it("2.2.7.2: a balloon is valid, and says what was said", () => {
    const bytes = balloonDocument({
      title: NASTY,
      bodies: [NASTY, { stringId: 104, dll: null, params: ["<HP4>"] }, { text: "%1 of %2", params: ["1", "2"] }],
      icon: { id: 7, dll: "icons.dll" },
      action: { dll: "d.dll", entrypoint: "Go", data: NASTY },
    });
    valid(bytes);
    expect(decode(ASYNC_UI, bytes)).toMatchObject({
      kind: "balloon",
      title: NASTY,
      bodies: [NASTY, "Printer '<HP4>' is out of paper.", "1 of 2"],
      icon: { id: 7, dll: "icons.dll" },
      action: { dll: "d.dll", entrypoint: "Go", data: NASTY },
    });
  });

  it("2.2.7.3: a message box is valid, and its buttons have their labels", () => {
    const buttons = [
      { id: "IDOK", label: null },
      { id: "3", label: labelReference("Retry") },
      { id: "4", label: labelReference("Cancel") },
      { id: "5", label: labelReference("Retry") },
    ];
    const box = { title: "T", bodies: ["B"], bitmap: { id: 1, dll: null } };
    const bytes = messageBoxDocument({ ...box, buttons });
    expect(decode(ASYNC_UI, bytes)).toMatchObject({
      kind: "messageBox",
      bitmap: { id: 1, dll: null },
      buttons: [
        { id: "IDOK", label: "OK", replyValue: 1 },
        { id: "3", label: "Retry", replyValue: 3 },
        { id: "4", label: "Cancel", replyValue: 4 },
        { id: "5", label: "Retry", replyValue: 5 },
      ],
    });
    valid(bytes);
  });

  it.each([true, false])("2.2.7.5, 2.2.7.7: custom UI and data are valid (bidi %s)", (bidi) => {
    const custom = { dll: "d.dll", entrypoint: 'E"<&', bidi };
    const ui = customUiDocument(custom, NASTY);
    valid(ui);
    expect(decode(ASYNC_UI, ui)).toMatchObject({ kind: "customUi", ...custom, text: NASTY });
    const data = customDataDocument(custom, Uint8Array.of(0, 1, 0xff));
    valid(data);
    expect(decode(ASYNC_UI, data)).toMatchObject({ kind: "customData", ...custom, data: Uint8Array.of(0, 1, 0xff) });
  });

  it("2.2.8.1: a configuration with every kind of value is valid", () => {
    const name = "\\Printer.Configuration.X:Y";
    const bytes = configurationDocument({
      printerName: 'HP "4"',
      settings: [
        { name, kind: "BIDI_STRING", value: NASTY },
        { name, kind: "BIDI_TEXT", value: "t" },
        { name, kind: "BIDI_ENUM", value: "e" },
        { name, kind: "BIDI_INT", value: "-3" },
        { name, kind: "BIDI_FLOAT", value: "1.5" },
        { name, kind: "BIDI_BOOL", value: "true" },
        { name, kind: "BIDI_BLOB", value: "AAE=" },
      ],
      reduced: ["\\Printer.Big"],
    });
    valid(bytes, "configuration.xsd");
    expect(decode(PRINTER_CONFIGURATION, bytes)).toMatchObject({
      kind: "printerConfiguration",
      printerName: 'HP "4"',
      settings: [
        { value: NASTY },
        { value: "t" },
        { value: "e" },
        { value: -3 },
        { value: 1.5 },
        { value: true },
        { bytes: Uint8Array.of(0, 1) },
      ],
      reduced: ["\\Printer.Big"],
    });
  });

  it("cannot carry control characters, and says so", () => {
    expect(() => balloonDocument({ title: "a\u0007", bodies: [] })).toThrow("U+0007");
    expect(() => customUiDocument({ dll: "\ud800", entrypoint: "E", bidi: true }, "")).toThrow("U+D800");
  });
});
