import type { Diagnostics } from "../diagnostics.js";
import { wantsColour } from "../colour.js";
import type { OutputOptions } from "../options/watch-options.js";
import { LineOutput, nonBlocking } from "../output.js";
import { JsonLines, type FinalExitCode } from "../render/json.js";
import type { AnswerCommand } from "../render/pretty/notification.js";
import { describeGap, EventPrinter } from "./event-printer.js";

/** What prints events. */
export interface Printing {
  readonly output: LineOutput;
  readonly json: JsonLines;
  readonly printer: EventPrinter;
}

export interface PrintingOptions {
  readonly output: OutputOptions;
  readonly diagnostics: Diagnostics;
  readonly answerCommand: AnswerCommand;
  readonly exitCode: FinalExitCode;
  readonly manyTargets: boolean;
}

/** Opens stdout for the wanted format. What draws text for people is loaded only when it is wanted. */
export async function openPrinting(options: PrintingOptions): Promise<Printing> {
  const { diagnostics, manyTargets } = options;
  const { format, quiet, verbosity } = options.output;
  const json = new JsonLines(options.exitCode);
  const pretty = format === "json" ? null : await openPretty(options);
  const output = new LineOutput(nonBlocking(process.stdout), (dropped) =>
    describeGap(dropped, json, pretty?.stdout ?? null),
  );
  const printer = new EventPrinter({ output, diagnostics, json, pretty, quiet, verbosity, manyTargets });
  return { output, json, printer };
}

async function openPretty({ output, answerCommand }: PrintingOptions) {
  const [{ Chalk }, { PrettyText }] = await Promise.all([import("chalk"), import("../render/pretty/pretty.js")]);
  const textFor = (stream: NodeJS.WriteStream): InstanceType<typeof PrettyText> => {
    const colour = wantsColour({ choice: output.color, env: process.env, isTerminal: stream.isTTY });
    const chalk = new Chalk({ level: colour ? 1 : 0 });
    const columns = (): number => (stream.isTTY ? stream.columns : Number.POSITIVE_INFINITY);
    return new PrettyText({ chalk, columns, answerCommand });
  };
  return { stdout: textFor(process.stdout), stderr: textFor(process.stderr) };
}
