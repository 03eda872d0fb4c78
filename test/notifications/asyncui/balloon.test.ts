import { describe, expect, it } from "vitest";
import { decodeAs, decodeDocument, problemOf, request } from "../documents.js";

const balloon = (content: string, attributes = ""): string => `<balloonUI${attributes}>${content}</balloonUI>`;
const TITLE = "<title>T</title>";
const BODY = "<body>B</body>";

describe("AsyncUIBalloon ([MS-PAN] 2.2.7.2)", () => {
  it("has title, bodies, icon and action", () => {
    const action = '<action dll="PrintConfig.dll" entrypoint="NotifyEntry"> &lt;Envelope printer="HP4"/> </action>';
    const content = TITLE + BODY + "<body>second</body>" + action;
    expect(decodeAs("balloon", balloon(content, ' iconID="7" resourceDll="IHV.dll"'))).toEqual({
      kind: "balloon",
      title: "T",
      body: "B second",
      bodies: ["B", "second"],
      icon: { id: 7, dll: "IHV.dll" },
      action: { dll: "PrintConfig.dll", entrypoint: "NotifyEntry", data: ' <Envelope printer="HP4"/> ' },
      strings: [
        { path: "title", stringId: null, dll: null, params: [], text: "T", source: "literal" },
        { path: "body[0]", stringId: null, dll: null, params: [], text: "B", source: "literal" },
        { path: "body[1]", stringId: null, dll: null, params: [], text: "second", source: "literal" },
      ],
      problem: null,
    });
  });

  it("has no icon when only resourceDll is given (2.2.7.2.2)", () => {
    expect(decodeAs("balloon", balloon(TITLE + BODY, ' resourceDll="IHV.dll"')).icon).toBeNull();
  });

  it("joins bodies with single spaces, as they are (2.2.7.1.4)", () => {
    const bodies = "<body>one</body><body>two </body><body>three</body>";
    expect(decodeAs("balloon", balloon(TITLE + bodies)).body).toBe("one two  three");
  });

  it("keeps escape sequences of the sender whole", () => {
    const { title } = decodeAs("balloon", balloon("<title>a&#x9b;31m\u202eb</title>"));
    expect(title).toBe("a\u009b31m\u202eb");
  });

  it.each([
    ["without title (2.2.7.2.2)", balloon(BODY), 'element "title" is missing ([MS-PAN] 2.2.7.2.2)'],
    ["with text of its own (2.2.7.2.2)", balloon(TITLE + "stray"), 'element "balloonUI" holds text "stray"'],
    [
      "with an action without dll (2.2.7.2.1)",
      balloon(TITLE + '<action entrypoint="b"/>'),
      'element "action" lacks attribute "dll" ([MS-PAN] 2.2.7.2.1)',
    ],
    [
      "with an action without entrypoint (2.2.7.2.1)",
      balloon(TITLE + '<action dll="b"/>'),
      'element "action" lacks attribute "entrypoint" ([MS-PAN] 2.2.7.2.1)',
    ],
  ])("is refused %s", (_, element, problem) => {
    expect(problemOf(element)).toContain(problem);
  });

  it.each([
    ["two titles (2.2.7.2.2)", TITLE + "<title>U</title>" + BODY, 'element "title" appears more than once'],
    [
      "two actions (2.2.7.2.2)",
      TITLE + BODY + '<action dll="d" entrypoint="e"/><action dll="x" entrypoint="y"/>',
      'element "action" appears more than once ([MS-PAN] 2.2.7.2.2)',
    ],
    ["buttons (2.2.7.2.2)", TITLE + BODY + "<buttons/>", 'element "buttons" cannot stand in "balloonUI"'],
  ])("is shown with the first of each, and told to be in breach, with %s", (_, content, problem) => {
    const shown = decodeAs("balloon", balloon(content));
    expect(shown).toMatchObject({ title: "T", body: "B" });
    if (shown.action !== null) expect(shown.action).toMatchObject({ dll: "d", entrypoint: "e" });
    expect(shown.problem).toContain(problem);
  });

  it.each(["", ' resourceDll=""'])("takes an icon from the default resource file when none is named%s", (attribute) => {
    expect(decodeAs("balloon", balloon(TITLE + BODY, ` iconID="1"${attribute}`))).toMatchObject({
      icon: { id: 1, dll: null },
      problem: null,
    });
  });

  it("gives an action with elements as the XML that is written in it (product note 1)", () => {
    const envelope = '<Envelope printer="HP4" reason="{23bb1328}">\r\n<Schema name=\'&lt;\' /></Envelope>';
    const action = `<action dll="PrintConfig.dll" entrypoint="NotifyEntry">${envelope}</action>`;
    expect(decodeAs("balloon", balloon(TITLE + BODY + action))).toMatchObject({
      action: { dll: "PrintConfig.dll", entrypoint: "NotifyEntry", data: envelope },
      problem: null,
    });
  });

  it.each([...'\\/?*<>"|:'])("is refused with a driver-file name that holds %s (2.2.7.2.1)", (character) => {
    const escaped = character.replace("<", "&lt;").replace('"', "&quot;");
    expect(problemOf(balloon(`${TITLE}<action dll="a${escaped}b" entrypoint="e"/>`))).toContain(
      `holds the forbidden character ${character} ([MS-PAN] 2.2.7.2.1)`,
    );
  });
});

describe("the envelope of a request ([MS-PAN] 2.2.7.1.1)", () => {
  const inner = balloon(TITLE + BODY);

  it.each([
    ["another namespace", request(inner).replace("2003/print", "2099/other")],
    ["https", request(inner).replace("http:", "https:")],
    ["no namespace", request(inner).replace(/ xmlns="[^"]*"/, "")],
    [
      "a prefix",
      request(inner)
        .replace(/<(\/?)(?=\w)/g, "<$1p:")
        .replace("xmlns=", "xmlns:p="),
    ],
    ["no v1", request(inner).replace(/<\/?v1>/g, "")],
    ["white space everywhere", request(inner).replace(/></g, ">\r\n\t <")],
    ["comments", request(inner).replace(/></g, "><!-- x --><")],
    ["a declaration with a wrong encoding", `<?xml version="1.0" encoding="us-ascii"?>${request(inner)}`],
    ["a byte order mark", `\ufeff${request(inner)}`],
    ["several NULs", `${request(inner)}\0\0`],
    ["the rest of a buffer behind the terminating NUL", `${request(inner)}\0<rubbish`],
  ])("survives %s", (_, xml) => {
    expect(decodeDocument(xml)).toMatchObject({ kind: "balloon", title: "T", body: "B", problem: null });
  });

  it.each([
    ["two versions", request(inner).replace("</v1>", "</v1><v1/>"), '"v1" appears more than once'],
    ["an element beside the version", request(inner).replace("<v1>", "<v0/><v1>"), '"v0" cannot stand in'],
    ["an element beside requestOpen", request(inner).replace("<requestOpen>", "<x/><requestOpen>"), '"x" cannot stand'],
    ["two requestOpen", request(`${inner}</requestOpen><requestOpen>`), '"requestOpen" appears more than once'],
    ["the same request twice", request(inner + inner.replace("B", "C")), '"balloonUI" appears more than once'],
    ["an unknown request in front", request("<toastUI/>" + inner), '"toastUI" cannot stand in "requestOpen"'],
    ["an unknown request behind", request(inner + "<toastUI/>"), '"toastUI" cannot stand in "requestOpen"'],
  ])("is in breach with %s", (_, xml, problem) => {
    const notification = decodeDocument(xml);
    expect(notification).toMatchObject({ kind: "balloon", title: "T", body: "B" });
    expect(notification.problem).toContain(problem);
    expect(notification.problem).toContain("([MS-PAN] 2.2.7.1.1)");
  });

  it.each([
    ["another root element", "<asyncPrintUIResponse/>", 'the root element is "asyncPrintUIResponse"'],
    ["nothing in it", "<asyncPrintUIRequest/>", 'element "requestOpen" is missing'],
    ["v2", `<asyncPrintUIRequest><v2/></asyncPrintUIRequest>`, 'element "requestOpen" is missing'],
    ["no requestOpen", `<asyncPrintUIRequest><v1/></asyncPrintUIRequest>`, 'element "requestOpen" is missing'],
    ["nothing requested", request(""), '"requestOpen" holds no element'],
    [
      "two kinds",
      request(`${inner}<customUI dll="d" entrypoint="e" bidi="false"/>`),
      '"requestOpen" holds both "balloonUI" and "customUI"',
    ],
    ["requestClose", "<asyncPrintUIRequest><v1><requestClose/></v1></asyncPrintUIRequest>", '"requestClose"'],
    ["requestClose too", request(inner).replace("</v1>", "<requestClose/></v1>"), '"requestClose" stands in replies'],
    ["an unknown request", request("<toastUI/>"), '"toastUI" cannot stand in "requestOpen"'],
    ["text in requestOpen", request(`x${inner}`), 'element "requestOpen" holds text "x"'],
    ["text in v1", request(inner).replace("<v1>", "<v1>x"), 'element "v1" holds text "x"'],
    ["text in the root", request(inner).replace("<v1>", "x<v1>"), 'element "asyncPrintUIRequest" holds text "x"'],
  ])("is refused with %s", (_, xml, problem) => {
    const notification = decodeDocument(xml);
    expect(notification).toMatchObject({ kind: "unknown" });
    expect(notification.kind === "unknown" && notification.problem).toContain(problem);
    expect(notification.kind === "unknown" && notification.problem).toContain("([MS-PAN] 2.2.7.1.1)");
  });
});
