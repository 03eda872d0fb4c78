import { Readable } from "node:stream";
import { recordedIn } from "../../../src/cli/replay/recording.js";
import { decodeNotification } from "../../../src/notifications/decode.js";
import { defaultStringTables } from "../../../src/notifications/strings/string-tables.js";
import { corpus } from "../engine/corpus.js";
import { must, type FuzzTarget } from "../engine/target.js";

const CONTEXT = { strings: defaultStringTables, printerName: "HP4" };

/** The file of `replay`: what is no line of a recording is skipped, and what is one is decoded. */
export const recording: FuzzTarget = {
  name: "recording",
  seeds: corpus("recording"),
  words: ['"data":', "null", '"base64":"', "\n", "{", "}", '\\"', "\ufeff", '"type":"received"'].map((word) =>
    Buffer.from(word),
  ),
  async run(input) {
    const lines = Buffer.from(input).toString("latin1").split("\n").length;
    const skipped: number[] = [];
    const chunks: AsyncIterable<Uint8Array> = Readable.from([input]);
    let read = 0;
    for await (const recorded of recordedIn(chunks, (line) => skipped.push(line))) {
      read += 1;
      if ("raw" in recorded) decodeNotification(recorded.raw.type, recorded.raw.data, CONTEXT);
    }
    must(read + skipped.length <= lines, "each line is read or skipped once");
  },
};
