import { describe, expect, it } from "vitest";
import { decodeAs, decodeDocument, request } from "../documents.js";

const box = (button: string): string => `<messageBoxUI><title>T</title><buttons>${button}</buttons></messageBoxUI>`;

describe("what a client accepts although the schema forbids it ([MS-PAN] 3.2.3.4.1)", () => {
  it("1: element names in any ASCII case", () => {
    const xml =
      "<ASYNCPRINTUIREQUEST><V1><RequestOpen><MessageboxUi><TITLE>T<Parameter>x</Parameter></TITLE><BODY>B</BODY>" +
      '<BITMAP bitmapID="1"/><Buttons><BUTTON buttonID="IDOK"/></Buttons></MessageboxUi></RequestOpen></V1>' +
      "</ASYNCPRINTUIREQUEST>";
    expect(decodeDocument(xml)).toMatchObject({ kind: "messageBox", title: "T", body: "B", bitmap: { id: 1 } });
  });

  it.each(["BALLOONUI", "balloonui", "BalloonUi"])("1: %s", (name) => {
    expect(decodeDocument(request(`<${name}><title>T</title></${name}>`))).toMatchObject({ kind: "balloon" });
  });

  it.each(["CUSTOMUI", "customui"])("1: %s", (name) => {
    expect(decodeDocument(request(`<${name} dll="d" entrypoint="e" bidi="true"/>`))).toMatchObject({
      kind: "customUi",
    });
  });

  it("1: CUSTOMDATA", () => {
    const element = '<CUSTOMDATA dll="d" entrypoint="e" bidi="true"/>';
    expect(decodeDocument(request(element))).toMatchObject({ kind: "customData" });
  });

  it("1: only ASCII letters, not others whose lower case is one", () => {
    expect(decodeDocument(request("<balloonU\u0130><title>T</title></balloonU\u0130>"))).toMatchObject({
      kind: "unknown",
    });
  });

  it.each(["TRUE", "True", "tRuE"])("2: bidi %s is true", (value) => {
    expect(decodeAs("customUi", `<customUI dll="d" entrypoint="e" bidi="${value}"/>`).bidi).toBe(true);
  });

  it.each([
    ["idok", "IDOK", 1],
    ["IdCancel", "IDCANCEL", 2],
  ])("2: buttonID %s is %s", (value, id, replyValue) => {
    expect(decodeAs("messageBox", box(`<button buttonID="${value}"/>`)).buttons[0]).toMatchObject({ id, replyValue });
  });

  it("2: a buttonID whose lower case is idok beyond ASCII is not IDOK", () => {
    const kelvin = '<button buttonID="IDO\u212A" stringID="102" resourceDll="IHV.dll"/>';
    expect(decodeAs("messageBox", box(kelvin)).buttons[0]).toMatchObject({ id: "0", replyValue: 0, label: "Retry" });
  });

  it("3: sibling elements in any order", () => {
    const element =
      '<messageBoxUI><buttons><button buttonID="IDOK"/></buttons><body>1</body><bitmap bitmapID="1"/><title>T</title>' +
      "<body>2</body></messageBoxUI>";
    expect(decodeAs("messageBox", element)).toMatchObject({ title: "T", body: "1 2", bitmap: { id: 1 } });
    const balloon = '<balloonUI><action dll="d" entrypoint="e"/><body>B</body><title>T</title></balloonUI>';
    expect(decodeAs("balloon", balloon)).toMatchObject({ title: "T", body: "B", action: { dll: "d" } });
  });

  it("4: attributes with unrecognized names", () => {
    const xml = request(
      '<balloonUI colour="red" IconId="9" constructor="x"><title size="9" p:stringID="5">T</title></balloonUI>',
    );
    expect(decodeDocument(xml.replaceAll("<v1>", "<v1 a='b'>"))).toMatchObject({ title: "T", icon: null });
  });

  it.each([
    ["12abc", 12],
    ["12 34", 12],
    ["0x10", 0],
    ["+7", 7],
    ["-3.9", -3],
    ["  8", 8],
    ["007", 7],
  ])("5: the integer at the start of %j is %d", (value, id) => {
    const element = `<balloonUI iconID="${value}" resourceDll="d"><title>T</title></balloonUI>`;
    expect(decodeAs("balloon", element).icon).toEqual({ id, dll: "d" });
  });

  it.each(["", "abc", "x12", "-", "+ 5", "\u0663"])("5: %j holds no integer and counts as 0", (value) => {
    const element = `<balloonUI iconID="${value}" resourceDll="d"><title>T</title></balloonUI>`;
    expect(decodeAs("balloon", element).icon).toEqual({ id: 0, dll: "d" });
    const [button] = decodeAs("messageBox", box(`<button buttonID="${value}" stringID="600"/>`)).buttons;
    expect(button).toMatchObject({ id: "0", replyValue: 0 });
  });

  it("5: the same for stringID and bitmapID", () => {
    const element =
      '<messageBoxUI><title stringID="1300.x"/><bitmap bitmapID="4!"/><buttons><button buttonID="3" stringID="601,"/>' +
      "</buttons></messageBoxUI>";
    expect(decodeAs("messageBox", element)).toMatchObject({
      title: "The printer is offline.",
      bitmap: { id: 4 },
      buttons: [{ label: "Cancel" }],
    });
  });

  it.each(["false", "yes", "1", "", "true "])("6: bidi %j is false", (value) => {
    expect(decodeAs("customUi", `<customUI dll="d" entrypoint="e" bidi="${value}"/>`).bidi).toBe(false);
    expect(decodeAs("customData", `<customData dll="d" entrypoint="e" bidi="${value}"/>`).bidi).toBe(false);
  });

  it("7: balloons and message boxes without body", () => {
    expect(decodeAs("balloon", "<balloonUI><title>T</title></balloonUI>")).toMatchObject({ body: "", bodies: [] });
    expect(decodeAs("messageBox", box('<button buttonID="IDOK"/>'))).toMatchObject({ body: "", bodies: [] });
  });
});

describe("what senders are known to do", () => {
  it.each(["entryPoint", "EntryPoint", "ENTRYPOINT"])("spells entrypoint %s", (name) => {
    expect(decodeAs("customUi", `<customUI dll="d" ${name}="e" bidi="true"/>`).entrypoint).toBe("e");
  });

  it("prefers the right spelling", () => {
    const element = '<customUI dll="d" entryPoint="wrong" entrypoint="right" bidi="true"/>';
    expect(decodeAs("customUi", element).entrypoint).toBe("right");
  });
});
