// From the bytes of a notification to its fields; beside the parser alone on the same text.
import { XMLParser } from "fast-xml-parser";
import { decodeNotification } from "../../../dist/notifications/decode.js";
import { defaultStringTables } from "../../../dist/notifications/strings/string-tables.js";
import { documents } from "../support/documents.mjs";
import { figure } from "../support/figures.mjs";
import { inTurns } from "../support/turns.mjs";

export const tasks = {
  decode(kind) {
    const [type, bytes] = documents()[kind];
    const context = { strings: defaultStringTables, printerName: null };
    if (decodeNotification(type, bytes, context).kind !== kind) throw new Error(`this is no ${kind}`);
    return () => decodeNotification(type, bytes, context);
  },
  parse(kind) {
    const text = Buffer.from(documents()[kind][1]).toString("utf16le").split("\0")[0];
    const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, parseTagValue: false });
    return () => parser.parse(text);
  },
};

export async function* rows(wanted) {
  for (const kind of Object.keys(documents())) {
    if (!wanted(`xml.${kind}`)) continue;
    const { micros, referenceMicros } = await inTurns("xml.mjs", ["decode", kind], ["parse", kind]);
    yield figure(`xml.${kind}`, "µs", micros, referenceMicros);
  }
}
