import { describe, expect, it } from "vitest";
import type { ConfigurationSetting } from "../../../src/notifications/model.js";
import { decodeConfiguration, decodeConfigurationDocument } from "../documents.js";

const NAME = "\\Printer.Configuration.DuplexUnit:Installed";
const schema = (content: string, name = NAME): string => `<Schema name="${name}">${content}</Schema>`;
const setting = (content: string): ConfigurationSetting | undefined => decodeConfiguration(schema(content)).settings[0];
const whole = (content: string): string => `<Notification printerName="HP4">${content}</Notification>`;
const INT = "<BIDI_INT>1</BIDI_INT>";

describe("printer configuration notification ([MS-PAN] 2.2.8.1)", () => {
  it("has a printer, settings and reduced settings in their order", () => {
    const content =
      schema("<BIDI_BOOL>true</BIDI_BOOL>") +
      '<ReducedSchema name="\\Printer.Consumables"/>' +
      schema("<BIDI_INT>20</BIDI_INT>", "\\Printer.Consumables.Yellow:Level");
    expect(decodeConfiguration(content)).toEqual({
      kind: "printerConfiguration",
      printerName: "HP4",
      settings: [
        { name: NAME, kind: "BIDI_BOOL", value: true, bytes: null, problem: null },
        { name: "\\Printer.Consumables.Yellow:Level", kind: "BIDI_INT", value: 20, bytes: null, problem: null },
      ],
      reduced: ["\\Printer.Consumables"],
      problem: null,
    });
  });

  it("may have prefixes, a declaration, white space, comments and attributes of other namespaces", () => {
    const xml =
      '\ufeff<?xml version="1.0" encoding="utf-16"?>\n<b:Notification printerName="HP4" xsi:schemaLocation="x" xmlns:xsi="y" ' +
      `xmlns:b="http://schemas.microsoft.com/windows/2005/03/printing/bidi">\n <!-- --> <b:Schema name="${NAME}"> ` +
      "<b:BIDI_INT>\n1\t</b:BIDI_INT> </b:Schema>\n</b:Notification>\n\0";
    expect(decodeConfigurationDocument(xml)).toMatchObject({ settings: [{ name: NAME, value: 1 }] });
  });

  it.each(["BIDI_STRING", "BIDI_TEXT", "BIDI_ENUM"])("%s is its text as it is (2.2.8.1.3 to .5)", (kind) => {
    expect(setting(`<${kind}> 007 &lt;</${kind}>`)).toEqual({
      name: NAME,
      kind,
      value: " 007 <",
      bytes: null,
      problem: null,
    });
    expect(setting(`<${kind}/>`)).toMatchObject({ value: "" });
  });

  it.each([
    ["0", 0],
    ["-0", 0],
    ["+0042", 42],
    [" -7\n", -7],
    ["9007199254740992", 2 ** 53],
    ["-9007199254740992", -(2 ** 53)],
    ["9007199254740993", "9007199254740993"],
    ["-9007199254740993", "-9007199254740993"],
    ["+00123456789012345678901234567890", "123456789012345678901234567890"],
  ])("BIDI_INT %j is %j (2.2.8.1.6)", (text, value) => {
    expect(setting(`<BIDI_INT>${text}</BIDI_INT>`)).toEqual({
      name: NAME,
      kind: "BIDI_INT",
      value,
      bytes: null,
      problem: null,
    });
  });

  it.each([
    ["1.5", 1.5],
    ["-1E4", -10000],
    ["12.78e-2", 0.1278],
    [".5", 0.5],
    ["5.", 5],
    [" 0\n", 0],
    ["INF", "INF"],
    ["-INF", "-INF"],
    ["NaN", "NaN"],
    ["1e999", "INF"],
    ["-1e999", "-INF"],
  ])("BIDI_FLOAT %j is %j (2.2.8.1.7)", (text, value) => {
    expect(setting(`<BIDI_FLOAT>${text}</BIDI_FLOAT>`)).toMatchObject({ kind: "BIDI_FLOAT", value, bytes: null });
  });

  it.each([
    ["true", true],
    ["1", true],
    [" false\n", false],
    ["0", false],
  ])("BIDI_BOOL %j is %j (2.2.8.1.8)", (text, value) => {
    expect(setting(`<BIDI_BOOL>${text}</BIDI_BOOL>`)).toMatchObject({ kind: "BIDI_BOOL", value, bytes: null });
  });

  it.each([
    ["", []],
    ["AAE=", [0, 1]],
    ["/w==", [255]],
    ["AAEC", [0, 1, 2]],
    [" AA\nEC\t+ /8= ", [0, 1, 2, 251, 255]],
  ])("BIDI_BLOB %j is its bytes (2.2.8.1.9)", (text, bytes) => {
    expect(setting(`<BIDI_BLOB>${text}</BIDI_BLOB>`)).toEqual({
      name: NAME,
      kind: "BIDI_BLOB",
      value: null,
      bytes: new Uint8Array(bytes),
      problem: null,
    });
  });

  it.each([
    ["BIDI_INT", "", "2.2.8.1.6"],
    ["BIDI_INT", "1.0", "2.2.8.1.6"],
    ["BIDI_INT", "1 2", "2.2.8.1.6"],
    ["BIDI_INT", "0x10", "2.2.8.1.6"],
    ["BIDI_INT", "+", "2.2.8.1.6"],
    ["BIDI_INT", "\u0663", "2.2.8.1.6"],
    ["BIDI_FLOAT", "", "2.2.8.1.7"],
    ["BIDI_FLOAT", ".", "2.2.8.1.7"],
    ["BIDI_FLOAT", "1e", "2.2.8.1.7"],
    ["BIDI_FLOAT", "inf", "2.2.8.1.7"],
    ["BIDI_FLOAT", "Infinity", "2.2.8.1.7"],
    ["BIDI_FLOAT", "1,5", "2.2.8.1.7"],
    ["BIDI_BOOL", "", "2.2.8.1.8"],
    ["BIDI_BOOL", "TRUE", "2.2.8.1.8"],
    ["BIDI_BOOL", "2", "2.2.8.1.8"],
    ["BIDI_BLOB", "A", "2.2.8.1.9"],
    ["BIDI_BLOB", "AAE", "2.2.8.1.9"],
    ["BIDI_BLOB", "AA==AA==", "2.2.8.1.9"],
    ["BIDI_BLOB", "A===", "2.2.8.1.9"],
    ["BIDI_BLOB", "AAF=", "2.2.8.1.9"],
    ["BIDI_BLOB", "AB==", "2.2.8.1.9"],
    ["BIDI_BLOB", "AA_-", "2.2.8.1.9"],
    ["BIDI_BLOB", "AA\u00a0AA", "2.2.8.1.9"],
  ])("has no value for %s %j (%s)", (kind, text, section) => {
    const odd = setting(`<${kind}>${text}</${kind}>`);
    expect(odd).toMatchObject({ name: NAME, kind, value: null, bytes: null });
    expect(odd?.problem).toContain(`([MS-PAN] ${section})`);
  });

  it.each(["\\a:b", "\\Printer.X:Y", "\\1.2.3:4", "\\Drucker.Fächer.\u7d19:\u00e9\u0301", "\\a_b.c_:_d", "\\a+b:$c"])(
    "accepts the name %s (2.2.8.1.2)",
    (name) => {
      expect(decodeConfiguration(schema(INT, name)).settings[0]).toMatchObject({ name, problem: null });
    },
  );

  it.each([
    "",
    "\\",
    "a:b",
    "\\a",
    "\\a:",
    "\\:b",
    "\\a.:b",
    "\\.a:b",
    "\\a..b:c",
    "\\a:b:c",
    "\\a:b.c",
    "\\a b:c",
    "\\a-b:c",
    "\\\\a:b",
    " \\a:b",
  ])("finds the name %j odd (2.2.8.1.2)", (name) => {
    const { settings, problem } = decodeConfiguration(schema(INT, name));
    expect([settings[0]?.name, settings[0]?.value, problem]).toEqual([name, 1, null]);
    expect(settings[0]?.problem).toContain("is no name of a setting ([MS-PAN] 2.2.8.1.2)");
  });

  it.each(["\\", "\\a", "\\a.b", "\\a:b", "\\a.b:c"])("accepts the reduced name %s (2.2.8.1.10)", (name) => {
    expect(decodeConfiguration(`<ReducedSchema name="${name}"/>`).reduced).toEqual([name]);
  });

  it.each(["", "a", "\\:b", "\\a.", "\\a:b:c", "\\ "])("finds the reduced name %j odd (2.2.8.1.10)", (name) => {
    const { settings, reduced, problem } = decodeConfiguration(`<ReducedSchema name="${name}"/>`);
    expect([reduced, problem]).toEqual([[], null]);
    expect(settings).toMatchObject([{ name, kind: null, value: null, bytes: null }]);
    expect(settings[0]?.problem).toContain("([MS-PAN] 2.2.8.1.10)");
  });

  it.each<[string, string, Partial<ConfigurationSetting>, string]>([
    ["no name", `<Schema>${INT}</Schema>`, { name: null, value: 1 }, 'lacks attribute "name" ([MS-PAN] 2.2.8.1.2)'],
    ["no value", schema(""), { kind: null, value: null }, "has 0 values ([MS-PAN] 2.2.8.1.2)"],
    ["two values", schema(INT + INT.replace("1", "2")), { value: 1 }, "has 2 values ([MS-PAN] 2.2.8.1.2)"],
    ["text", schema(`x${INT}`), { value: 1 }, 'holds text "x" ([MS-PAN] 2.2.8.1.2)'],
    ["another attribute", schema(INT).replace("<Schema", "<Schema x='y'"), { value: 1 }, 'has an attribute "x"'],
    ["BIDI_NULL", schema("<BIDI_NULL/>"), { kind: "BIDI_NULL", value: null }, '"BIDI_NULL" is no value of a setting'],
    ["a value in another case", schema("<bidi_int>1</bidi_int>"), { kind: "bidi_int" }, "is no value of a setting"],
    [
      "an element in a value",
      schema("<BIDI_TEXT>a<b/></BIDI_TEXT>"),
      { value: "a" },
      '"b" cannot stand in "BIDI_TEXT"',
    ],
    [
      "an attribute of a value",
      schema("<BIDI_TEXT a='b'>x</BIDI_TEXT>"),
      { value: "x" },
      '"BIDI_TEXT" has an attribute "a" ([MS-PAN] 2.2.8.1.4)',
    ],
    ["no reduced name", "<ReducedSchema/>", { name: null, kind: null }, 'lacks attribute "name" ([MS-PAN] 2.2.8.1.10)'],
    ["a reduced value", `<ReducedSchema name="\\a">${INT}</ReducedSchema>`, { name: "\\a" }, "([MS-PAN] 2.2.8.1.10)"],
  ])("tells of one setting with %s, and shows the others", (_, odd, expected, rule) => {
    const { settings, problem } = decodeConfiguration(schema(INT) + odd + schema(INT));
    expect(problem).toBeNull();
    expect(settings).toMatchObject([{ value: 1, problem: null }, expected, { value: 1, problem: null }]);
    expect(settings[1]?.problem).toContain(rule);
  });

  it.each([
    ["an unknown element", '<Notification printerName="HP4"><Query/>', '"Query" cannot stand in "Notification"'],
    ["another attribute", '<Notification printerName="HP4" x="y">', '"Notification" has an attribute "x"'],
  ])("is in breach with %s (2.2.8.1.1)", (_, start, rule) => {
    const notification = decodeConfigurationDocument(`${start}${schema(INT)}</Notification>`);
    expect(notification).toMatchObject({ kind: "printerConfiguration", settings: [{ value: 1, problem: null }] });
    expect(notification.problem).toBe(`element ${rule} ([MS-PAN] 2.2.8.1.1)`);
  });

  it("passes over the rest of a buffer behind the terminating NUL", () => {
    expect(decodeConfigurationDocument(`${whole(schema(INT))}\0x`)).toMatchObject({ settings: [{ value: 1 }] });
  });

  it.each([
    ["another root element", "<Envelope/>", 'the root element is "Envelope", not "Notification" ([MS-PAN] 2.2.8.1)'],
    ["another case", '<notification printerName="p"/>', "the root element is"],
    [
      "no printerName",
      `<Notification>${schema(INT)}</Notification>`,
      'lacks attribute "printerName" ([MS-PAN] 2.2.8.1.1)',
    ],
    ["nothing in it", whole(" "), 'holds no element "Schema" or "ReducedSchema" ([MS-PAN] 2.2.8.1)'],
    ["text in it", whole(`x${schema(INT)}`), 'holds text "x" ([MS-PAN] 2.2.8.1.1)'],
    ["XML that is not well-formed", "<Notification", "start tag of element Notification is malformed ([MS-PAN] 2.2.8)"],
  ])("is refused with %s", (_, xml, expected) => {
    expect(problem(xml)).toContain(expected);
  });

  it("says no more of a long value than is needed", () => {
    expect(setting(`<BIDI_INT>${"x".repeat(100_000)}</BIDI_INT>`)?.problem?.length).toBeLessThan(200);
  });
});

function problem(xml: string): string | null {
  const notification = decodeConfigurationDocument(xml);
  if (notification.kind !== "unknown") throw new Error(`accepted as ${notification.kind}`);
  return notification.problem;
}
