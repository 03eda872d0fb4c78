import { readFileSync } from "node:fs";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { afterAll, describe, expect, it } from "vitest";
import { PanwatchError } from "../../src/errors.js";
import { MAX_RESPONSE_SIZE } from "../../src/notifications/notification-types.js";
import { decodeReply, encodeReply } from "../../src/notifications/reply.js";
import type { Reply } from "../../src/notifications/model.js";

const schema = XmlDocument.fromBuffer(readFileSync(new URL("asyncui-response.xsd", import.meta.url)));
const validator = XsdValidator.fromDoc(schema);
afterAll(() => {
  validator.dispose();
  schema.dispose();
});

const button = (id: string, replyValue: number): Reply => ({
  kind: "button",
  button: { index: 1, id, replyValue, label: "L" },
});
const custom = (text: string): Reply => ({ kind: "text", text });
const written = (reply: Reply): string => Buffer.from(encodeReply(reply)).toString("utf16le");

/** The text of the only leaf of a document that libxml2 finds valid. */
function validLeaf(reply: Reply): string | undefined {
  const document = XmlDocument.fromString(written(reply));
  try {
    validator.validate(document);
    return document.get("//r:buttonID | //r:CustomUI", {
      r: "http://schemas.microsoft.com/2003/print/asyncui/v1/response",
    })?.content;
  } finally {
    document.dispose();
  }
}

describe("the schema of replies that the tests use", () => {
  it("refuses what is not valid", () => {
    const wrong = written(button("3", 3)).replace(">3<", ">three<");
    const document = XmlDocument.fromString(wrong);
    expect(() => {
      validator.validate(document);
    }).toThrow(/buttonID/);
    document.dispose();
  });
});

describe("AsyncUIMessageBoxUIReply ([MS-PAN] 2.2.7.4)", () => {
  it.each([
    ["IDOK", 1, "1"],
    ["IDCANCEL", 2, "2"],
    ["3", 3, "3"],
    ["-7", -7, "-7"],
    ["0", 0, "0"],
    ["99999999999999999999", Number.MAX_SAFE_INTEGER, "99999999999999999999"],
  ])("for %s is valid and holds %i (2.2.7.4.1)", (id, replyValue, expected) => {
    expect(validLeaf(button(id, replyValue))).toBe(expected);
  });

  it("is UTF-16LE without byte order mark, declaration and NUL", () => {
    expect(written(button("IDOK", 1))).toBe(
      '<asyncPrintUIResponse xmlns="http://schemas.microsoft.com/2003/print/asyncui/v1/response"><v1><requestClose>' +
        "<messageBoxUI><buttonID>1</buttonID></messageBoxUI></requestClose></v1></asyncPrintUIResponse>",
    );
  });
});

describe("AsyncUICustomUIReply ([MS-PAN] 2.2.7.6)", () => {
  it.each([
    "",
    "yes",
    " a  b ",
    "<b>&amp;]]></b>",
    "1\r\n2\r3\n4\t5",
    "\u{1f5a8} ä \u0085 \u2028",
    "\"'",
    "&#13;",
    "]]>",
    "\ud7ff\ue000\ufffd",
  ])("carries %j", (text) => {
    expect(validLeaf(custom(text))).toBe(text);
    expect(decodeReply(encodeReply(custom(text)))).toEqual({ kind: "text", text });
  });

  it.each([
    ["a NUL", "a\0", "U+0000"],
    ["an escape", "\u001b[31m", "U+001B"],
    ["U+FFFE", "\ufffe", "U+FFFE"],
    ["U+FFFF", "x\uffff", "U+FFFF"],
    ["a lone surrogate", "x\ud800y", "U+D800"],
    ["a lone low surrogate", "\udc00", "U+DC00"],
  ])("refuses %s, which XML cannot carry", (_, text, code) => {
    const error = thrown(() => encodeReply(custom(text)));
    expect(error.code).toBe("reply");
    expect(error.message).toContain(`the character ${code}`);
    expect(error.hint).not.toBeNull();
  });

  it("takes as many bytes as servers accept, and not one character more (3.1.1.4.6)", () => {
    const room = (MAX_RESPONSE_SIZE - encodeReply(custom("")).length) / 2;
    expect(encodeReply(custom("x".repeat(room)))).toHaveLength(MAX_RESPONSE_SIZE);
    const error = thrown(() => encodeReply(custom("x".repeat(room + 1))));
    expect(error.code).toBe("reply");
    expect(error.message).toContain("The reply of 10485762 bytes is larger than the 10485760");
    expect(thrown(() => encodeReply(custom("&".repeat(room / 2)))).code).toBe("reply");
  });
});

describe("reading a reply", () => {
  const document = (inner: string): Uint8Array => utf16(envelope(inner));
  const envelope = (inner: string): string =>
    `<asyncPrintUIResponse><v1><requestClose>${inner}</requestClose></v1></asyncPrintUIResponse>`;
  const utf16 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "utf16le"));

  it.each([
    ["4", 4],
    [" +04\n", 4],
    ["-0", 0],
  ])("takes buttonID %j for %i", (text, buttonId) => {
    expect(decodeReply(document(`<messageBoxUI><buttonID>${text}</buttonID></messageBoxUI>`))).toEqual({
      kind: "button",
      buttonId,
    });
  });

  it("accepts byte order mark, declaration and NUL", () => {
    const text = `\ufeff<?xml version="1.0"?>${envelope("<CustomUI>x</CustomUI>")}\0`;
    expect(decodeReply(utf16(text))).toEqual({ kind: "text", text: "x" });
  });

  it.each([
    ["nothing", utf16(""), "no root element"],
    ["an odd number of bytes", new Uint8Array([0x3c, 0, 0x61]), "odd number"],
    ["a request", utf16("<asyncPrintUIRequest/>"), "2.2.7.1.2"],
    ["no v1", utf16("<asyncPrintUIResponse/>"), 'element "v1" is missing ([MS-PAN] 2.2.7.1.2)'],
    ["no answer", document(""), '"requestClose" holds exactly one element'],
    ["two answers", document("<CustomUI/><CustomUI/>"), '"requestClose" holds exactly one element'],
    ["another case", document("<customUI/>"), '"requestClose" holds exactly one element'],
    ["text in the envelope", document("x<CustomUI/>"), 'element "requestClose" holds text "x"'],
    ["an element in the text", document("<CustomUI><b/></CustomUI>"), "2.2.7.6.1"],
    ["no buttonID", document("<messageBoxUI/>"), 'element "buttonID" is missing ([MS-PAN] 2.2.7.4.2)'],
    ["two of them", document("<messageBoxUI><buttonID>1</buttonID><buttonID>2</buttonID></messageBoxUI>"), "2.2.7.4.2"],
    ["no integer", document("<messageBoxUI><buttonID>IDOK</buttonID></messageBoxUI>"), '"IDOK" is no button'],
    ["no button at all", document("<messageBoxUI><buttonID/></messageBoxUI>"), '"" is no button'],
    ["a huge integer", document(`<messageBoxUI><buttonID>${"9".repeat(20)}</buttonID></messageBoxUI>`), "is no button"],
    ["bytes behind the NUL", utf16(`${envelope("<CustomUI/>")}\0x`), "bytes follow the document"],
    ["more than servers accept", new Uint8Array(MAX_RESPONSE_SIZE + 1), "larger than servers accept"],
  ])("refuses %s", (_, bytes, problem) => {
    const error = thrown(() => decodeReply(bytes));
    expect(error.code).toBe("decode");
    expect(error.message).toContain(problem);
  });
});

function thrown(act: () => unknown): PanwatchError {
  try {
    act();
  } catch (error) {
    if (error instanceof PanwatchError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
