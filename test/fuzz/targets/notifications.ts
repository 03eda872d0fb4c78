import { Chalk } from "chalk";
import type { Guid } from "../../../src/bytes/guid.js";
import { JsonLines } from "../../../src/cli/render/json.js";
import { PrettyText } from "../../../src/cli/render/pretty/pretty.js";
import { encodeUtf16 } from "../../../src/bytes/utf16.js";
import { PanwatchError } from "../../../src/errors.js";
import { decodeNotification } from "../../../src/notifications/decode.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../../src/notifications/notification-types.js";
import { decodeReply } from "../../../src/notifications/reply.js";
import { formatMessage } from "../../../src/notifications/strings/format-message.js";
import { TextBudget } from "../../../src/notifications/strings/text-budget.js";
import { stringTables } from "../../../src/notifications/strings/string-tables.js";
import { corpus } from "../engine/corpus.js";
import { must, orRefuse, type FuzzTarget } from "../engine/target.js";

/** Pieces of XML, and of what is put into texts. */
const WORDS = [
  "<",
  ">",
  "</",
  "/>",
  "&",
  "&amp;",
  "&#0;",
  "&#x10ffff;",
  "&#xd800;",
  "&undefined;",
  "<![CDATA[",
  "]]>",
  "<!--",
  "-->",
  "<?xml version='1.0'?>",
  "<?target data?>",
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  "<__proto__>",
  "</__proto__>",
  " __proto__='1'",
  " constructor='2'",
  "<constructor/>",
  "<prototype/>",
  "<toString/>",
  ' xmlns:x="y"',
  ' stringID="600"',
  ' stringID="99999999999999999999"',
  ' resourceDll="IHV.dll"',
  '<parameter type="PrinterName"/>',
  "<parameter>%1%2</parameter>",
  "%1",
  "%99!*.*s!",
  "%1!1023.999999999d!",
  "%0",
  "%",
  "\0",
  "\ufeff",
  "\u001b[31m",
  "\u202e",
  "\ud800",
].map(encodeUtf16);

const REQUEST = "http://schemas.microsoft.com/2003/print/asyncui/v1/request";

/** UTF-16 characters of 1 MiB. */
const LARGE = 512 * 1024;

function balloon(content: string): string {
  const open = `<asyncPrintUIRequest xmlns="${REQUEST}"><v1><requestOpen><balloonUI>`;
  return `${open}<title>t</title>${content}</balloonUI></requestOpen></v1></asyncPrintUIRequest>`;
}

function filled(piece: string): string {
  return piece.repeat(Math.floor(LARGE / piece.length));
}

const PARAMETERS = '<parameter type="PrinterName"/>'.repeat(99);
const SETTING = '<Schema name="\\A.B:C"><BIDI_STRING>x</BIDI_STRING></Schema>';

/** Well-formed documents with as much of one thing as fits into 1 MiB. */
const LARGE_DOCUMENTS = [
  balloon(`<body>${filled("x")}</body>`),
  balloon(`<body>${filled("&amp;")}</body>`),
  balloon(`<body><![CDATA[${filled("]]]]")}]]></body>`),
  balloon(filled("<body>b</body>")),
  balloon(filled('<body stringID="100" resourceDll="IHV.dll"/>')),
  balloon(filled(`<body>${"%1!1023s!".repeat(99)}${PARAMETERS}</body>`)),
  balloon(`<body>${filled("%1!1023s!")}<parameter type="PrinterName"/></body>`),
  balloon(`<body ${Array.from({ length: 256 }, (_, i) => `a${i}="${"v".repeat(2000)}"`).join(" ")}>b</body>`),
  balloon(filled("<a>").replace(/(?:<a>){101}/g, (open) => open + "</a>".repeat(101))),
  balloon(filled("<!-- comment -->")),
  balloon(filled('<a b=""/>')),
  balloon(filled(`<a ${Array.from({ length: 200 }, (_, i) => `a${i}=""`).join(" ")}/>`)),
  balloon(filled("<?instruction?>")),
  filled("<a>"),
  `<${filled("n")}/>`,
  `<Notification printerName="p">${filled(SETTING)}</Notification>`,
  `<Notification printerName="p">${filled('<ReducedSchema name="\\A"/>')}</Notification>`,
  `<Notification printerName="p"><Schema name="${filled("\\A.")}:B"><BIDI_INT>1</BIDI_INT></Schema></Notification>`,
  `<Notification printerName="p"><Schema name="\\A:B"><BIDI_INT>${filled("9")}</BIDI_INT></Schema></Notification>`,
  `<Notification printerName="p"><Schema name="\\A:B"><BIDI_FLOAT>${filled("9")}</BIDI_FLOAT></Schema></Notification>`,
  `<Notification printerName="p"><Schema name="\\A:B"><BIDI_BLOB>${filled("AAEC")}</BIDI_BLOB></Schema></Notification>`,
].map(encodeUtf16);

const CONTEXT = {
  strings: stringTables(new Map([["IHV.dll", new Map([[100, "Jam in %1 of %2"]])]])),
  printerName: "HP4",
};

const PROTOTYPE = Object.prototype as unknown as Record<string, unknown>;

/** Whatever comes becomes a notification, and nothing is thrown. */
function target(name: string, type: Guid): FuzzTarget {
  return {
    name,
    seeds: corpus("notifications"),
    words: WORDS,
    large: LARGE_DOCUMENTS,
    run(input) {
      decodeNotification(type, input, CONTEXT);
      must(Object.keys(PROTOTYPE).length === 0, "no prototype is polluted");
    },
  };
}

export const asyncUi = target("notifications-asyncui", ASYNC_UI);
export const configuration = target("notifications-configuration", PRINTER_CONFIGURATION);

/** What a terminal might obey: C0 but for line feeds, DEL, C1, and what turns the direction. */
const OBEYED = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const PRETTY = {
  chalk: new Chalk({ level: 0 }),
  columns: () => 80,
  answerCommand: (_: unknown, id: string) => `press ${id}`,
};
const PLACE = { server: "server", printer: "HP4", registration: "r1", channel: null };

/** Whatever comes is shown in a way that no terminal obeys, and as JSON that says the same. */
export const rendering: FuzzTarget = {
  name: "rendering",
  seeds: corpus("notifications"),
  words: WORDS,
  run(input) {
    const time = new Date(0);
    const notification = decodeNotification(input.length % 4 === 0 ? PRINTER_CONFIGURATION : ASYNC_UI, input, CONTEXT);
    const event = { type: "notification", id: "n1", notification, time, ...PLACE } as const;
    const json = new JsonLines(() => 0).line(event);
    must(!OBEYED.test(json) && !json.includes("\n"), "no terminal obeys a JSON line");
    must((JSON.parse(json) as { type: string }).type === `notification.${notification.kind}`, "a line is JSON");
    must(!OBEYED.test(new PrettyText(PRETTY, time).text(event)), "no terminal obeys a text");
  },
};

/** Replies of clients, which the embedded server reads. */
export const replies: FuzzTarget = {
  name: "replies",
  seeds: corpus("replies"),
  words: WORDS,
  run(input) {
    orRefuse(() => decodeReply(input), PanwatchError);
  },
};

/** Message strings, of a server or of resource files: the texts before the NUL characters are what is put in. */
export const messageStrings: FuzzTarget = {
  name: "message-strings",
  large: [[filled("%1!1023s!"), "p"], [filled("%")], [filled("%1!*.*s!"), "999999999", "999999999", "x"]].map((texts) =>
    encodeUtf16(texts.join("\0")),
  ),
  seeds: ["Jam in %1 of %2!5d!%n", "%1!*.*s! %3\0a\0b", "50% full %%1 %0 never", "%1!-08.3I64X!\0-5"].map(encodeUtf16),
  words: WORDS,
  run(input) {
    const [text = "", ...inserts] = Buffer.from(input).toString("utf16le").split("\0");
    orRefuse(() => {
      const formatted = formatMessage(text, inserts, new TextBudget(text.length));
      must(formatted.length <= 5 * text.length + 65_536, "a text is not longer than its limit");
    }, PanwatchError);
  },
};
