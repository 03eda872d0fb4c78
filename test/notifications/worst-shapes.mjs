/**
 * Documents that are made to cost as much as they can, by name: what they hold, repeated to so many characters. Run with
 * a name, it reads and shows one of 2 MiB, as JSON and as text, and prints how many bytes of memory it took at most for each byte
 * of it, and how many milliseconds of the processor for each MiB; what is bounded by its elements and smaller counts as 1 MiB.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

const fill = (piece, characters) => piece.repeat(Math.floor(characters / piece.length));
const elements = (piece, count) => piece.repeat(count);
const request = (element) =>
  `<asyncPrintUIRequest><v1><requestOpen>${element}</requestOpen></v1></asyncPrintUIRequest>`;
const balloon = (content) => request(`<balloonUI><title>T</title>${content}</balloonUI>`);
const custom = (content) => request(`<customUI dll="d" entrypoint="e" bidi="true">${content}</customUI>`);
const configuration = (content) => `<Notification printerName="p">${content}</Notification>`;
const padded = (element) => element + " ".repeat(104 - element.length);

/** @type {Readonly<Record<string, (characters: number) => string>>} */
export const SHAPES = {
  text: (n) => balloon(`<body>${fill("x", n)}</body>`),
  ideographs: (n) => balloon(`<body>${fill("漢", n)}</body>`),
  references: (n) => balloon(`<body>${fill("&amp;", n)}</body>`),
  "character references": (n) => balloon(`<body>${fill("&#65;", n)}</body>`),
  "CDATA of &": (n) => balloon(`<body><![CDATA[${fill("&", n)}]]></body>`),
  "CDATA sections": (n) => custom(fill("<![CDATA[x]]>", n)),
  "mixed text": (n) => custom(fill("x<!----><![CDATA[&]]>&lt;<?p?>", n)),
  "control characters": (n) => balloon(`<body>${fill("\u009b", n)}</body>`),
  "marks of direction": (n) => custom(fill("\u202e", n)),
  "a malformed declaration": (n) => `<?xml version='1.0'${fill(" ", n)}`,
  "a long attribute": (n) => balloon(`<body a="${fill("&lt;", n)}">b</body>`),
  "per cent signs": (n) => balloon(`<body>${fill("%", n)}<parameter>p</parameter></body>`),
  "format strings": (n) =>
    balloon(`<body>${elements("%1!d!".padEnd(52), 19_000)}<parameter>${fill("7", n / 8)}</parameter></body>`),
  "bodies at their closest": () => balloon(elements("<body/>", 9_500)),
  "parameters at their closest": () => balloon(`<body>%1${elements("<parameter/>", 9_500)}</body>`),
  "settings at their closest": () => configuration(elements('<Schema name="\\A"><BIDI_NULL/></Schema>', 4_950)),
  bodies: () => balloon(elements(padded("<body>b</body>"), 9_500)),
  settings: () => configuration(elements('<Schema name="\\A.B:C"><BIDI_STRING>x</BIDI_STRING></Schema>', 4_950)),
  "more elements than are read": (n) => request(fill("<a/>", n)),
};

const MIB = 1_048_576;
/** Of a document of 2 MiB. */
const CHARACTERS = MIB;

async function measure(shape) {
  const { decodeNotification } = await import("../../dist/notifications/decode.js");
  const { defaultStringTables } = await import("../../dist/notifications/strings/string-tables.js");
  const { JsonLines } = await import("../../dist/cli/render/json.js");
  const { PrettyText } = await import("../../dist/cli/render/pretty/pretty.js");
  const { Chalk } = await import("chalk");
  const { ASYNC_UI, PRINTER_CONFIGURATION } = await import("../../dist/notifications/notification-types.js");
  const document = SHAPES[shape](CHARACTERS);
  const type = document.startsWith("<Notification") ? PRINTER_CONFIGURATION : ASYNC_UI;
  const run = (bytes) => {
    const notification = decodeNotification(type, bytes, { strings: defaultStringTables, printerName: null });
    const event = { type: "notification", id: "n1", notification, time: new Date(0), server: "s", printer: null };
    const line = new JsonLines(() => 0).line({ ...event, registration: "r1", channel: null });
    const options = { chalk: new Chalk({ level: 0 }), columns: () => 80, answerCommand: null };
    return { kind: notification.kind, shown: line.length + new PrettyText(options).text(event).length };
  };
  // What the code itself takes is there before.
  run(Buffer.from(SHAPES[shape](4000), "utf16le"));
  const bytes = Buffer.from(document, "utf16le");
  globalThis.gc();
  // Begins to count the peak anew.
  writeFileSync("/proc/self/clear_refs", "5");
  const before = memory("VmRSS");
  const size = Math.max(bytes.length, MIB);
  const started = process.cpuUsage();
  const { kind } = run(bytes);
  const { user, system } = process.cpuUsage(started);
  return {
    kind,
    bytesPerByte: (memory("VmHWM") - before) / size,
    msPerMiB: (user + system) / 1000 / (size / MIB),
  };
}

/** In bytes, as the operating system counts them. */
function memory(field) {
  const [, kibibytes] = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"));
  return 1024 * Number(kibibytes);
}

const [, program, shape] = argv;
if (program !== undefined && import.meta.url === pathToFileURL(program).href) {
  process.stdout.write(JSON.stringify(shape === "--names" ? Object.keys(SHAPES) : await measure(shape)));
}
