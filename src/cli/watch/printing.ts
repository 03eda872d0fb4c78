import { JsonLines, type FinalExitCode } from "../render/json.js";
import type { AnswerCommand } from "../render/pretty/notification.js";
import type { Stage } from "../stage.js";
import { describeGap, EventPrinter } from "./event-printer.js";

/** What prints events. */
export interface Printing {
  readonly json: JsonLines;
  readonly printer: EventPrinter;
}

export interface PrintingOptions {
  readonly answerCommand: AnswerCommand;
  readonly exitCode: FinalExitCode;
  readonly manyTargets: boolean;
}

/** Makes what prints events on a stage. What draws text for people is loaded only when it is wanted. */
export async function openPrinting(stage: Stage, options: PrintingOptions): Promise<Printing> {
  const { diagnostics, stdout } = stage;
  const { format, quiet, verbosity } = stage.output;
  const json = new JsonLines(options.exitCode);
  const pretty = format === "json" ? null : await openPretty(stage, options);
  stdout.describeGap = (dropped) => describeGap(dropped, json, pretty?.stdout ?? null);
  const { manyTargets } = options;
  return {
    json,
    printer: new EventPrinter({ output: stdout, diagnostics, json, pretty, quiet, verbosity, manyTargets }),
  };
}

async function openPretty(stage: Stage, { answerCommand }: PrintingOptions) {
  const { PrettyText } = await import("../render/pretty/pretty.js");
  const [stdout, stderr] = await Promise.all([stage.paper(process.stdout), stage.paper(process.stderr)]);
  return {
    stdout: new PrettyText({ ...stdout, answerCommand }),
    stderr: new PrettyText({ ...stderr, answerCommand }),
  };
}
