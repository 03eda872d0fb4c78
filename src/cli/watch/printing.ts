import { JsonLines, type FinalExitCode } from "../render/json.js";
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
}

/** Makes what prints events on a stage. What draws text for people is loaded only when it is wanted. */
export async function openPrinting(stage: Stage, options: PrintingOptions): Promise<Printing> {
  const { diagnostics, stdout } = stage;
  const { quiet, verbosity } = stage.output;
  const json = new JsonLines(options.exitCode);
  const texts = await openTexts(stage, options);
  stdout.describeGap = (dropped) => describeGap(dropped, json, texts?.stdout ?? null);
  const { manyTargets } = options;
  return {
    json,
    printer: new EventPrinter({ output: stdout, diagnostics, json, texts, quiet, verbosity, manyTargets }),
  };
}

async function openTexts(stage: Stage, { answerCommand }: PrintingOptions): Promise<EventPrinterOptions["texts"]> {
  if (stage.output.format === "json") return null;
  if (stage.output.format === "line") {
    const { lineText } = await import("../render/line.js");
    return { stdout: { text: lineText }, stderr: { text: lineText } };
  }
  const { PrettyText } = await import("../render/pretty/pretty.js");
  const [stdout, stderr] = await Promise.all([stage.paper(process.stdout), stage.paper(process.stderr)]);
  return {
    stdout: new PrettyText({ ...stdout, answerCommand }),
    stderr: new PrettyText({ ...stderr, answerCommand }),
  };
}
