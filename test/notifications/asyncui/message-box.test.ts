import { describe, expect, it } from "vitest";
import { decodeAs, problemOf } from "../documents.js";

const box = (buttons: string, rest = ""): string =>
  `<messageBoxUI><title>T</title>${rest}<body>B</body><buttons>${buttons}</buttons></messageBoxUI>`;
const OK = '<button buttonID="IDOK"/>';

describe("AsyncUIMessageBox ([MS-PAN] 2.2.7.3)", () => {
  it("has title, bodies, bitmap and buttons", () => {
    const buttons = OK + '<button buttonID="IDCANCEL"/><button buttonID="3" stringID="102" resourceDll="IHV.dll"/>';
    expect(decodeAs("messageBox", box(buttons, '<bitmap bitmapID="5" resourceDll="IHV.dll"/>'))).toEqual({
      kind: "messageBox",
      title: "T",
      body: "B",
      bodies: ["B"],
      bitmap: { id: 5, dll: "IHV.dll" },
      buttons: [
        { index: 1, id: "IDOK", replyValue: 1, label: "OK" },
        { index: 2, id: "IDCANCEL", replyValue: 2, label: "Cancel" },
        { index: 3, id: "3", replyValue: 3, label: "Retry" },
      ],
      strings: [
        { path: "title", stringId: null, dll: null, params: [], text: "T", source: "literal" },
        { path: "body[0]", stringId: null, dll: null, params: [], text: "B", source: "literal" },
        { path: "button[0]", stringId: 600, dll: null, params: [], text: "OK", source: "default" },
        { path: "button[1]", stringId: 601, dll: null, params: [], text: "Cancel", source: "default" },
        { path: "button[2]", stringId: 102, dll: "IHV.dll", params: [], text: "Retry", source: "resources" },
      ],
      problem: null,
    });
  });

  it("takes a bitmap from the default resource file when none is named (2.2.7.3.3)", () => {
    expect(decodeAs("messageBox", box(OK, '<bitmap bitmapID="5"/>')).bitmap).toEqual({ id: 5, dll: null });
  });

  it("ignores stringID and resourceDll of IDOK and IDCANCEL (2.2.7.3.1)", () => {
    const { buttons } = decodeAs("messageBox", box('<button buttonID="IDOK" stringID="102" resourceDll="IHV.dll"/>'));
    expect(buttons).toEqual([{ index: 1, id: "IDOK", replyValue: 1, label: "OK" }]);
  });

  it.each([
    [" +007 ", "7", 7],
    ["-5", "-5", -5],
    ["-0", "0", 0],
    ["1", "1", 1],
    ["99999999999999999999", "99999999999999999999", Number.MAX_SAFE_INTEGER],
  ])("writes the button %j as %s (2.2.7.3.1)", (written, id, replyValue) => {
    const [button] = decodeAs("messageBox", box(`<button buttonID="${written}" stringID="600"/>`)).buttons;
    expect(button).toMatchObject({ id, replyValue, label: "OK" });
  });

  it("labels a button whose string is not to be had", () => {
    const [button] = decodeAs("messageBox", box('<button buttonID="3" stringID="9" resourceDll="X.dll"/>')).buttons;
    expect(button?.label).toBe("[string 9 in X.dll]");
  });

  it("has up to five buttons (2.2.7.3.2)", () => {
    expect(decodeAs("messageBox", box(OK.repeat(5))).buttons).toHaveLength(5);
  });

  it.each([
    [
      "no buttons element (2.2.7.3.4)",
      "<messageBoxUI><title>T</title></messageBoxUI>",
      '"buttons" is missing ([MS-PAN] 2.2.7.3.4)',
    ],
    ["no button (2.2.7.3.2)", box(""), "1 to 5 buttons, this one 0 ([MS-PAN] 2.2.7.3.2)"],
    ["a button without buttonID (2.2.7.3.1)", box("<button/>"), 'lacks attribute "buttonID" ([MS-PAN] 2.2.7.3.1)'],
    [
      "a button without stringID that is neither IDOK nor IDCANCEL (2.2.7.3.1)",
      box('<button buttonID="3"/>'),
      'button "3" lacks attribute "stringID" ([MS-PAN] 2.2.7.3.1)',
    ],
    ["text in a button (2.2.7.3.1)", box('<button buttonID="IDOK">OK</button>'), 'element "button" holds text "OK"'],
    ["a bitmap without bitmapID (2.2.7.3.3)", box(OK, "<bitmap/>"), 'lacks attribute "bitmapID" ([MS-PAN] 2.2.7.3.3)'],
    ["no title (2.2.7.3.4)", `<messageBoxUI><buttons>${OK}</buttons></messageBoxUI>`, '"title" is missing'],
  ])("is refused with %s", (_, element, problem) => {
    expect(problemOf(element)).toContain(problem);
  });

  it.each([
    ["two buttons elements (2.2.7.3.4)", box(`${OK}</buttons><buttons><button/>`), '"buttons" appears more than once'],
    ["six buttons (2.2.7.3.2)", box(OK.repeat(6)), "1 to 5 buttons, this one 6 ([MS-PAN] 2.2.7.3.2)"],
    ["something else among the buttons (2.2.7.3.2)", box(`${OK}<knob/>`), '"knob" cannot stand in "buttons"'],
    [
      "an element in a button (2.2.7.3.1)",
      box('<button buttonID="IDOK"><b/></button>'),
      '"b" cannot stand in "button"',
    ],
    ["two bitmaps (2.2.7.3.4)", box(OK, '<bitmap bitmapID="1"/>'.repeat(2)), '"bitmap" appears more than once'],
    [
      "an element in a bitmap (2.2.7.3.3)",
      box(OK, '<bitmap bitmapID="1"><b/></bitmap>'),
      '"b" cannot stand in "bitmap"',
    ],
    ["an action (2.2.7.3.4)", box(OK, '<action dll="a" entrypoint="b"/>'), '"action" cannot stand in "messageBoxUI"'],
  ])("is shown with its buttons, and told to be in breach, with %s", (_, element, problem) => {
    const { title, buttons, problem: told } = decodeAs("messageBox", element);
    expect([title, buttons[0]?.id, buttons.length <= 5]).toEqual(["T", "IDOK", true]);
    expect(told).toContain(problem);
  });
});
