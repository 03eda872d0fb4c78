import { describe, expect, it } from "vitest";
import { decodeNotification } from "../../../src/notifications/decode.js";
import { ASYNC_UI } from "../../../src/notifications/notification-types.js";
import { CONTEXT, decodeAs, ofKind, problemOf, request, utf16 } from "../documents.js";

describe("AsyncUICustomUI ([MS-PAN] 2.2.7.5)", () => {
  it("has dll, entrypoint, bidi and its text as it is", () => {
    const element = '<customUI dll="IHV.dll" entrypoint="Ask" bidi="true"> a &amp; <![CDATA[<b>]]>\n</customUI>';
    expect(decodeAs("customUi", element)).toEqual({
      kind: "customUi",
      dll: "IHV.dll",
      entrypoint: "Ask",
      bidi: true,
      text: " a & <b>\n",
      problem: null,
    });
  });

  it("may be empty", () => {
    expect(decodeAs("customUi", '<customUI dll="d" entrypoint="e" bidi="false"/>')).toMatchObject({
      bidi: false,
      text: "",
    });
  });

  it.each([
    ["dll", '<customUI entrypoint="e" bidi="true"/>'],
    ["entrypoint", '<customUI dll="d" bidi="true"/>'],
    ["bidi", '<customUI dll="d" entrypoint="e"/>'],
  ])("is refused without %s (2.2.7.5.1)", (name, element) => {
    expect(problemOf(element)).toBe(`element "customUI" lacks attribute "${name}" ([MS-PAN] 2.2.7.5.1)`);
  });

  it("is the XML that is written in it where there are elements, which drivers may send (2.2.7.5.1)", () => {
    const inner = " a &amp; <x b='1'><!-- c --><customUI/></x >\r\n<![CDATA[<]]>";
    expect(decodeAs("customUi", `<customUI dll="d" entrypoint="e" bidi="true">${inner}</customUI>`)).toMatchObject({
      text: inner,
      problem: null,
    });
  });

  it("is refused with a path as driver-file name (2.2.7.5.1)", () => {
    expect(problemOf('<customUI dll="..\\evil.dll" entrypoint="e" bidi="true"/>')).toContain("forbidden character \\");
  });
});

describe("AsyncUICustomData ([MS-PAN] 2.2.7.7)", () => {
  const xml = request('<customData dll="IHV.dll" entrypoint="Take" bidi="true"/>');
  const decode = (bytes: Uint8Array): unknown => decodeNotification(ASYNC_UI, bytes, CONTEXT);

  it("is followed by binary data, of which it gives a view", () => {
    const data = [0, 0, 0xff, 0xd8, 0, 0, 1];
    const bytes = new Uint8Array([...utf16(xml), ...data]);
    const custom = ofKind("customData", decodeNotification(ASYNC_UI, bytes, CONTEXT));
    expect(custom).toEqual({
      kind: "customData",
      dll: "IHV.dll",
      entrypoint: "Take",
      bidi: true,
      text: null,
      data: new Uint8Array(data),
      problem: null,
    });
    expect(custom.data.buffer).toBe(bytes.buffer);
  });

  it("may be followed by nothing, even without the NUL", () => {
    expect(decode(utf16(xml))).toMatchObject({ kind: "customData", data: new Uint8Array() });
    expect(decode(utf16(xml).slice(0, -2))).toMatchObject({ kind: "customData", data: new Uint8Array() });
  });

  it("may start with a byte order mark", () => {
    expect(decode(new Uint8Array([...utf16(`\ufeff${xml}`), 7]))).toMatchObject({ data: new Uint8Array([7]) });
  });

  it.each([
    ["text", " a &amp; b", " a & b"],
    ["elements", "\r\n<x>&lt;</x>", "\r\n<x>&lt;</x>"],
    ["white space", " \n", null],
  ])("may hold %s, as drivers send it", (_, inner, text) => {
    const element = `<customData dll="d" entrypoint="e" bidi="true">${inner}</customData>`;
    expect(decodeAs("customData", element)).toMatchObject({ text, problem: null });
  });

  it.each([
    ["no dll", '<customData entrypoint="e" bidi="true"/>', 'lacks attribute "dll"'],
    ["no entrypoint", '<customData dll="d" bidi="true"/>', 'lacks attribute "entrypoint"'],
    ["no bidi", '<customData dll="d" entrypoint="e"/>', 'lacks attribute "bidi"'],
    ["a forbidden character in dll", '<customData dll="C:x" entrypoint="e" bidi="true"/>', "forbidden character :"],
  ])("is refused with %s (2.2.7.7.1)", (_, element, problem) => {
    expect(problemOf(element)).toContain(problem);
    expect(problemOf(element)).toContain("([MS-PAN] 2.2.7.7.1)");
  });
});
