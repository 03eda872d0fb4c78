import { describe, expect, it } from "vitest";
import type { ResolvedString } from "../../../src/notifications/model.js";
import { breachOf, CONTEXT, decodeAs, problemOf } from "../documents.js";

const balloon = (body: string): string => `<balloonUI><title>T</title>${body}</balloonUI>`;
const bodyOf = (body: string): string => decodeAs("balloon", balloon(body)).body;
const stringsOf = (body: string): readonly ResolvedString[] => decodeAs("balloon", balloon(body)).strings.slice(1);

describe("title and body ([MS-PAN] 2.2.7.1.3, 2.2.7.1.4)", () => {
  it("show nested text as it is, white space included", () => {
    expect(bodyOf("<body> a  b\n</body>")).toBe(" a  b\n");
  });

  it.each(["50% full", "100%", "%n", "a%%b", "100%% sure", "%0"])(
    "leave %j alone without parameters or tags",
    (text) => {
      expect(bodyOf(`<body>${text}</body>`)).toBe(text);
    },
  );

  it("put parameters into nested text", () => {
    expect(bodyOf("<body>%2 of %1%n<parameter>ten</parameter> <parameter>one</parameter>\n</body>")).toBe(
      "one of ten\n",
    );
  });

  it("leave a tag without its parameter as it is", () => {
    expect(bodyOf("<body>%1 and %2<parameter>one</parameter></body>")).toBe("one and %2");
    expect(bodyOf("<body>%1</body>")).toBe("%1");
  });

  it("do not expand an inserted parameter again", () => {
    expect(bodyOf("<body>%1<parameter>%2%n%%</parameter><parameter>x</parameter></body>")).toBe("%2%n%%");
  });

  it("take a string of the default resource file", () => {
    expect(stringsOf('<body stringID="1300"/>')).toEqual([
      { path: "body[0]", stringId: 1300, dll: null, params: [], text: "The printer is offline.", source: "default" },
    ]);
  });

  it.each(["Prnntfy.dll", "PRNNTFY.DLL", ""])("take one of %j as well", (dll) => {
    expect(bodyOf(`<body stringID="1300" resourceDll="${dll}"/>`)).toBe("The printer is offline.");
  });

  it("take a string of the resource file that is named, not the default one of the same key", () => {
    expect(bodyOf('<body stringID="1300" resourceDll="ihv.DLL"/>')).toBe("Drum");
  });

  it("put parameters into resources: 2702 formats a number", () => {
    const element = '<body stringID="2702"><parameter> 7 pages</parameter><parameter>HP4</parameter></body>';
    expect(stringsOf(element)).toEqual([
      {
        path: "body[0]",
        stringId: 2702,
        dll: null,
        params: [" 7 pages", "HP4"],
        text: "7 document(s) pending for HP4",
        source: "default",
      },
      { path: "body[0].parameter[0]", stringId: null, dll: null, params: [], text: " 7 pages", source: "literal" },
      { path: "body[0].parameter[1]", stringId: null, dll: null, params: [], text: "HP4", source: "literal" },
    ]);
  });

  it("name what cannot be resolved, with the parameters that it would have had", () => {
    expect(
      stringsOf(
        '<body stringID="77" resourceDll="X.dll"><parameter>Tray 2</parameter><parameter>A4</parameter></body>',
      )[0],
    ).toEqual({
      path: "body[0]",
      stringId: 77,
      dll: "X.dll",
      params: ["Tray 2", "A4"],
      text: '[string 77 in X.dll: "Tray 2", "A4"]',
      source: "none",
    });
    expect(bodyOf('<body stringID="99"/>')).toBe("[string 99]");
  });

  it("take white space for no text", () => {
    expect(bodyOf('<body stringID="1300"> \n\t</body>')).toBe("The printer is offline.");
  });

  it.each([
    [
      "text beside stringID (2.2.7.1.3)",
      '<balloonUI><title stringID="1300">x</title></balloonUI>',
      '"title" has text beside stringID ([MS-PAN] 2.2.7.1.3)',
    ],
    [
      "text beside stringID (2.2.7.1.4)",
      balloon('<body stringID="1300">x</body>'),
      '"body" has text beside stringID ([MS-PAN] 2.2.7.1.4)',
    ],
    [
      "text after a parameter (2.2.7.1.3)",
      "<balloonUI><title>x<parameter>p</parameter>y</title></balloonUI>",
      '"title" has text after a parameter ([MS-PAN] 2.2.7.1.3)',
    ],
    [
      "text after a parameter (2.2.7.1.4)",
      balloon("<body>x<parameter>p</parameter><![CDATA[y]]></body>"),
      '"body" has text after a parameter ([MS-PAN] 2.2.7.1.4)',
    ],
    [
      "text between parameters (2.2.7.1.4)",
      balloon("<body>x<parameter>p</parameter>y<parameter>q</parameter></body>"),
      "text after a parameter",
    ],
  ])("are refused with %s", (_, element, problem) => {
    expect(problemOf(element)).toContain(problem);
  });

  it.each(["", " \n\t"])("that are %j without a string resource are that text (2.2.7.1.3, 2.2.7.1.4)", (text) => {
    const element = `<balloonUI><title>${text}</title><body>${text}</body></balloonUI>`;
    expect(decodeAs("balloon", element)).toMatchObject({ title: text, body: text, problem: null });
  });

  it("pass over an element that has no place in them (2.2.7.1.4)", () => {
    const element = balloon("<body>x<b>y</b>z %1<parameter>p<b/></parameter></body>");
    expect(bodyOf("<body>x<b>y</b>z %1<parameter>p<b/></parameter></body>")).toBe("xz p");
    expect(breachOf("balloon", element)).toBe('element "b" cannot stand in "body" ([MS-PAN] 2.2.7.1.4)');
  });

  it("pass over an element in a parameter (2.2.7.1.5)", () => {
    expect(bodyOf("<body>%1<parameter>p<b/></parameter></body>")).toBe("p");
    expect(breachOf("balloon", balloon("<body>%1<parameter>p<b/></parameter></body>"))).toBe(
      'element "b" cannot stand in "parameter" ([MS-PAN] 2.2.7.1.5)',
    );
  });
});

describe("parameter ([MS-PAN] 2.2.7.1.5)", () => {
  const one = (parameter: string, context = CONTEXT): ResolvedString | undefined =>
    decodeAs("balloon", balloon(`<body>%1${parameter}</body>`), context).strings[2];

  it("is its text", () => {
    expect(one("<parameter> x </parameter>")).toMatchObject({ text: " x ", source: "literal" });
  });

  it("is a string resource", () => {
    expect(one('<parameter stringID="2000"/>')).toMatchObject({ stringId: 2000, text: "Cyan", source: "default" });
    expect(one('<parameter stringID="102" resourceDll="IHV.dll"/>')).toMatchObject({
      text: "Retry",
      source: "resources",
    });
  });

  it("prefers the resource to the text beside it", () => {
    expect(one('<parameter stringID="2000">x</parameter>')).toMatchObject({ text: "Cyan", source: "default" });
  });

  it("falls back to the text beside a resource that cannot be loaded", () => {
    expect(one('<parameter stringID="5" resourceDll="X.dll">x</parameter>')).toEqual({
      path: "body[0].parameter[0]",
      stringId: 5,
      dll: "X.dll",
      params: [],
      text: "x",
      source: "literal",
    });
    expect(one('<parameter stringID="5" resourceDll="X.dll"> </parameter>')).toMatchObject({
      text: "[string 5 in X.dll]",
      source: "none",
    });
  });

  it("is not a format itself", () => {
    expect(one('<parameter stringID="104"/>')).toMatchObject({ text: "Printer '%1' is out of paper." });
  });

  it("is the printer's name for type PrinterName, whatever else it says", () => {
    expect(one('<parameter type="PrinterName" stringID="2000" resourceDll="X.dll"/>')).toEqual({
      path: "body[0].parameter[0]",
      stringId: null,
      dll: null,
      params: [],
      text: "HP4",
      source: "literal",
    });
  });

  it("says <unknown> where the printer's name is not known", () => {
    expect(one('<parameter type="PrinterName"/>', { ...CONTEXT, printerName: null })).toMatchObject({
      text: "<unknown>",
      source: "none",
    });
  });

  it("survives an unknown type", () => {
    expect(one('<parameter type="JobName">j</parameter>')).toMatchObject({ text: "j", source: "literal" });
    expect(one('<parameter type="JobName" stringID="2000"/>')).toMatchObject({ text: "Cyan" });
    expect(one('<parameter type="JobName"/>')).toMatchObject({ text: "[JobName]", source: "none" });
  });

  it.each(["", " "])("that is %j and names nothing else is that text", (text) => {
    expect(one(`<parameter>${text}</parameter>`)).toMatchObject({ text, source: "literal" });
  });

  it("is refused with text beside type PrinterName", () => {
    expect(problemOf(balloon('<body>%1<parameter type="PrinterName">x</parameter></body>'))).toBe(
      "a parameter has text beside type ([MS-PAN] 2.2.7.1.5)",
    );
  });
});
