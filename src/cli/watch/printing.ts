import { JsonLines, type FinalExitCode } from "../render/json.js";
import type { DriverFolder } from "../../resources/driver-folder.js";
import { openPictures, type PictureLines } from "../render/open-pictures.js";
import type { PrettyOptions } from "../render/pretty/pretty.js";
import type { Stage } from "../stage.js";
import { describeGap, EventPrinter, type EventPrinterOptions } from "./event-printer.js";

/** What prints events. */
export interface Printing {
  readonly json: JsonLines;
  readonly printer: EventPrinter;
}

export interface PrintingOptions {
  readonly answerCommand: PrettyOptions["answerCommand"];
  readonly exitCode: FinalExitCode;
  readonly manyTargets: boolean;
  /** Where icons and bitmaps come from; null where none are shown. */
  readonly drivers: DriverFolder | null;
}

/** Makes what prints events on a stage. What draws text for people is loaded only when it is wanted. */
export async function openPrinting(stage: Stage, options: PrintingOptions): Promise<Printing> {
  const { diagnostics, stdout } = stage;
  const { quiet, verbosity } = stage.output;
  const pictures = options.drivers === null ? null : await openPictures(stage, options.drivers);
  const json = new JsonLines(options.exitCode, pictures?.pngOf ?? null);
  const texts = await openTexts(stage, options, pictures?.lines ?? null);
  stdout.describeGap = (dropped) => describeGap(dropped, json, texts?.stdout ?? null);
  const { manyTargets } = options;
  return {
    json,
    printer: new EventPrinter({ output: stdout, diagnostics, json, texts, quiet, verbosity, manyTargets }),
  };
}

async function openTexts(
  stage: Stage,
  { answerCommand }: PrintingOptions,
  picture: PictureLines | null,
): Promise<EventPrinterOptions["texts"]> {
  if (stage.output.format === "json") return null;
  if (stage.output.format === "line") {
    const { lineText } = await import("../render/line.js");
    return { stdout: { text: lineText }, stderr: { text: lineText } };
  }
  const { PrettyText } = await import("../render/pretty/pretty.js");
  const [stdout, stderr] = await Promise.all([stage.paper(process.stdout), stage.paper(process.stderr)]);
  return {
    stdout: new PrettyText({ ...stdout, answerCommand, picture }),
    stderr: new PrettyText({ ...stderr, answerCommand }),
  };
}
