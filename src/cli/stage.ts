import type { ChalkInstance } from "chalk";
import { PanwatchError } from "../errors.js";
import type { ConnectionOptions, Notice } from "../pan/connection-options.js";
import { wantsColour } from "./colour.js";
import type { CommandContext } from "./command.js";
import { Diagnostics } from "./diagnostics.js";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import type { OutputOptions } from "./options/watch-options.js";
import { LineOutput, nonBlocking } from "./output.js";
import { Silence } from "./silence.js";
import { exitCodeOfSignal, watchSignals, type EndingSignal, type SignalWatch } from "./signals.js";
import { after, deferred, onAbort } from "../waiting.js";
import type { TraceFile } from "./trace-file.js";

/** From the wish to leave to the end, in milliseconds: what has not ended by then is destroyed. */
const LEAVE_MS = 2000;

/** Why a command ends before its time: a signal, or nobody takes what it prints. */
export interface Interruption {
  readonly reason: EndingSignal | "closed" | "error";
  readonly exitCode: number;
}

/** What text for people is written on. */
export interface Paper {
  readonly chalk: ChalkInstance;
  /** Columns now, as the terminal may change its size; Infinity where there is no terminal. */
  readonly columns: () => number;
}

export interface StageOptions {
  readonly output: OutputOptions;
  readonly context: CommandContext;
  /** How the command connects, for the first line of a trace; left out where `--trace` is no option. */
  readonly connection?: ConnectionOptions;
}

/**
 * What every command works with: stdout in lines, stderr, signals, the file of `--trace`. {@link onStage} opens it, and
 * closes it when the command is done.
 */
export class Stage {
  readonly output: OutputOptions;
  readonly diagnostics: Diagnostics;
  readonly stdout: LineOutput;
  readonly trace: TraceFile | null;
  readonly #signals: SignalWatch;
  readonly #leaving = new AbortController();
  /** Ends the process where leaving takes too long. */
  #net: Disposable | null = null;
  #exitCode: number = EXIT.failure;
  /** Resolves when nothing is asked on the terminal any more. */
  #asking: Promise<void> = Promise.resolve();

  constructor(output: OutputOptions, signals: SignalWatch, trace: TraceFile | null) {
    this.output = output;
    this.#signals = signals;
    this.diagnostics = new Diagnostics(nonBlocking(process.stderr), output.verbosity);
    this.stdout = new LineOutput(nonBlocking(process.stdout));
    this.trace = trace;
    for (const end of [signals.signal, this.stdout.ended])
      onAbort(end, () => this.#leaveWithin(this.interruption?.exitCode ?? EXIT.failure));
  }

  /** Aborts when the command is to leave: by an interruption, or because it said so itself with `leave`. */
  get leaving(): AbortSignal {
    return this.#leaving.signal;
  }

  /** What has made the command leave; null when nothing did. */
  get interruption(): Interruption | null {
    const signal = this.#signals.received();
    if (signal !== null) return { reason: signal, exitCode: exitCodeOfSignal(signal) };
    const { end } = this.stdout;
    if (end === null) return null;
    return end.kind === "closed"
      ? { reason: "closed", exitCode: EXIT.done }
      : { reason: "error", exitCode: EXIT.failure };
  }

  /** Tells what is worth saying beside the output; it is written into the trace too. */
  get notice(): Notice {
    return this.trace?.noting(this.diagnostics.notice) ?? this.diagnostics.notice;
  }

  /** Says a sentence on stderr, unless -q forbids it. */
  say(text: string): void {
    if (!this.output.quiet) this.diagnostics.line(text);
  }

  /**
   * Waits until nothing else is asked on the terminal and nothing is being printed there, and keeps it so until what it
   * gives is disposed of. `waiting` is told when there is something to print.
   */
  readonly silence = async (waiting: () => void): Promise<Silence> => {
    const before = this.#asking;
    const { promise, resolve } = deferred();
    this.#asking = promise;
    await before;
    const { stdout, stderr } = process;
    const outputs = [...(stdout.isTTY ? [this.stdout] : []), ...(stderr.isTTY ? [this.diagnostics] : [])];
    const silence = new Silence(outputs, waiting, resolve);
    await silence.letThrough();
    return silence;
  };

  /** Asks for a password on the terminal, where nothing else is printed meanwhile; see `askPassword`. */
  readonly ask = async (question: string, hint: string): Promise<string> => {
    const { askPassword } = await import("./prompt.js");
    const silence = await this.silence(() => undefined);
    try {
      return await askPassword(question, hint, this.leaving);
    } finally {
      silence[Symbol.dispose]();
    }
  };

  /** How text for people looks on stdout or stderr. */
  async paper(stream: NodeJS.WriteStream): Promise<Paper> {
    const { Chalk } = await import("chalk");
    const { color } = this.output;
    const level = wantsColour({ choice: color, env: process.env, isTerminal: stream.isTTY }) ? 1 : 0;
    return { chalk: new Chalk({ level }), columns: () => (stream.isTTY ? stream.columns : Number.POSITIVE_INFINITY) };
  }

  /** Begins to leave. What has not ended after two seconds is destroyed, and the process ends with this exit code. */
  leave(exitCode: number): void {
    if (!this.leaving.aborted) this.#leaveWithin(exitCode);
  }

  /** The command is done: writes what is left. A reader who pauses is waited for, after an interruption not for long. */
  async close(exitCode: number): Promise<number> {
    this.#exitCode = exitCode;
    if (this.interruption === null) this.#net?.[Symbol.dispose]();
    await this.trace?.close(exitCode);
    await this.stdout.flush();
    this.#net?.[Symbol.dispose]();
    const { end } = this.stdout;
    if (end?.kind !== "failed") return exitCode;
    this.diagnostics.line(`panwatch: stdout cannot be written: ${end.error.message}.`);
    return EXIT.failure;
  }

  #leaveWithin(exitCode: number): void {
    this.#net?.[Symbol.dispose]();
    this.#exitCode = exitCode;
    this.#net = after(LEAVE_MS, () => process.exit(this.#exitCode));
    this.#leaving.abort();
  }
}

/** Runs a command on its stage, and gives the exit code once everything is written. */
export async function onStage(options: StageOptions, play: (stage: Stage) => Promise<number>): Promise<number> {
  using signals = watchSignals();
  const trace = await openTrace(options, (text) => stage.diagnostics.notice(text, "warn"));
  const stage: Stage = new Stage(options.output, signals, trace);
  try {
    return await stage.close(await play(stage));
  } catch (error) {
    const { interruption } = stage;
    const exitCode = await stage.close(interruption?.exitCode ?? exitCodeOf(error));
    if (interruption !== null && error instanceof PanwatchError && error.code === "aborted") return exitCode;
    throw error;
  }
}

/** What writes traces is loaded only for one: it knows every PDU. */
async function openTrace(
  { output, context, connection }: StageOptions,
  failed: (text: string) => void,
): Promise<TraceFile | null> {
  if (output.trace === null || connection === undefined) return null;
  const { TraceFile } = await import("./trace-file.js");
  return new TraceFile({ file: output.trace, subject: { args: context.args, connection }, failed });
}
