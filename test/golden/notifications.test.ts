import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeNotification } from "../../src/notifications/decode.js";
import { ASYNC_UI } from "../../src/notifications/notification-types.js";
import { decodeReply, encodeReply } from "../../src/notifications/reply.js";
import { DEFAULT_STRINGS } from "../../src/notifications/strings/default-strings.js";
import { defaultStringTables, stringTables } from "../../src/notifications/strings/string-tables.js";
import { utf16 } from "../notifications/documents.js";

/** The samples of the specification, white space included. */
const BALLOON_4_2 = `<?xml version="1.0" ?>
<asyncPrintUIRequest xmlns=
"http://schemas.microsoft.com/2003/print/asyncui/v1/request">
<v1>
<requestOpen>
<balloonUI iconID="1" resourceDll="IHV.dll">
<title stringID="1234" resourceDll="IHV.dll" />
<body stringID="100" resourceDll="IHV.dll" />
</balloonUI>
</requestOpen>
</v1>
</asyncPrintUIRequest>
`;
const MESSAGE_BOX_4_4 = `<asyncPrintUIRequest xmlns=
"http://schemas.microsoft.com/2003/print/asyncui/v1/request">
<v1>
<requestOpen>
<messageBoxUI>
<title stringID="100" resourceDll="IHV.dll" />
<body stringID="101" resourceDll="IHV.dll" />
<buttons>
<button stringID="102" resourceDll="IHV.dll" buttonID="3"/>
<button stringID="103" resourceDll="IHV.dll" buttonID="4"/>
</buttons>
</messageBoxUI>
</requestOpen>
</v1>
</asyncPrintUIRequest>`;
const RESPONSE_4_4 = `<asyncPrintUIResponse xmlns=
"http://schemas.microsoft.com/2003/print/asyncui/v1/response">
<v1>
<requestClose>
<messageBoxUI>
<buttonID>4</buttonID>
</messageBoxUI >
</requestClose>
</v1>
</asyncPrintUIResponse>`;

const driver = new Map([
  [100, "Paper jam"],
  [101, "Clear it."],
  [102, "Done"],
  [103, "Give up"],
  [1234, "Toner low"],
]);
const withDriver = { strings: stringTables(new Map([["ihv.DLL", driver]])), printerName: null };
const withoutDriver = { strings: defaultStringTables, printerName: null };

describe("the samples of [MS-PAN] 4", () => {
  it("4.2: a balloon, with the strings of the driver", () => {
    expect(decodeNotification(ASYNC_UI, utf16(BALLOON_4_2), withDriver)).toEqual({
      kind: "balloon",
      title: "Toner low",
      body: "Paper jam",
      bodies: ["Paper jam"],
      icon: { id: 1, dll: "IHV.dll" },
      action: null,
      strings: [
        { path: "title", stringId: 1234, dll: "IHV.dll", params: [], text: "Toner low", source: "resources" },
        { path: "body[0]", stringId: 100, dll: "IHV.dll", params: [], text: "Paper jam", source: "resources" },
      ],
      problem: null,
    });
  });

  it("4.2: a balloon, without them", () => {
    expect(decodeNotification(ASYNC_UI, utf16(BALLOON_4_2), withoutDriver)).toMatchObject({
      title: "[string 1234 in IHV.dll]",
      body: "[string 100 in IHV.dll]",
      strings: [{ source: "none" }, { source: "none" }],
    });
  });

  it("4.4: a message box", () => {
    expect(decodeNotification(ASYNC_UI, utf16(MESSAGE_BOX_4_4), withDriver)).toMatchObject({
      kind: "messageBox",
      title: "Paper jam",
      body: "Clear it.",
      bitmap: null,
      buttons: [
        { index: 1, id: "3", replyValue: 3, label: "Done" },
        { index: 2, id: "4", replyValue: 4, label: "Give up" },
      ],
    });
  });

  it("4.4: the reply, read", () => {
    expect(decodeReply(utf16(RESPONSE_4_4))).toEqual({ kind: "button", buttonId: 4 });
  });

  it("4.4: the reply, written: the same but for white space", () => {
    const button = { index: 2, id: "4", replyValue: 4, label: "Give up" };
    const written = Buffer.from(encodeReply({ kind: "button", button })).toString("utf16le");
    expect(written).toBe(
      RESPONSE_4_4.replace(/\n(?=")/, "")
        .replaceAll("\n", "")
        .replace(" >", ">"),
    );
  });
});

describe("the default string resources of [MS-PAN] 2.2.6", () => {
  const table = readFileSync(new URL("notifications-default-strings.tsv", import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));

  it("are 128", () => {
    expect(table).toHaveLength(128);
    expect(DEFAULT_STRINGS.size).toBe(128);
  });

  it.each(table)("%s is %j", (key, text = "") => {
    expect(defaultStringTables.lookup(null, Number(key))).toEqual({
      text: text.replaceAll("\\n", "\n"),
      source: "default",
    });
  });
});
