import { basename } from "node:path";
import { PanwatchError } from "../../errors.js";
import type { Notice } from "../../pan/connection-options.js";
import type { EventOrigin, Failed, HookFinished, Notified } from "../../watch/events.js";
import { failedEvent } from "../../watch/scope.js";
import { ProgramEnvironment } from "../programs/environment.js";
import { programFailure } from "../programs/failure.js";
import { LineForwarder } from "../programs/lines.js";
import { runProgram, type ProgramEnd } from "../programs/run.js";
import { HookQueue, type HookJob } from "./hook-queue.js";

export interface HookRunnerOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly timeoutMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs?: number | undefined;
  /** Takes a `hook.finished` for each run, and an `error` where a notification ran no hook. */
  readonly tell: (event: EventOrigin & (HookFinished | Failed)) => void;
  /** Takes sentences about hooks: that one failed (warn), that one runs and how it ended (debug). */
  readonly notice: Notice;
  /** Takes the lines that hooks print, on stdout and on stderr. */
  readonly stderr: (line: string) => void;
}

/**
 * Runs the hook once for each notification: one at a time, in order, and beside the poll loop, which never waits for it.
 * What comes faster than the hook can take it waits in a bounded queue; what finds no room there is told.
 */
export class HookRunner {
  readonly #options: HookRunnerOptions;
  readonly #name: string;
  readonly #queue: HookQueue;
  readonly #stop = new AbortController();
  readonly #environment = new ProgramEnvironment();
  #work: Promise<void> | null = null;
  #failed = false;

  constructor(options: HookRunnerOptions) {
    const [program = ""] = options.command;
    this.#options = options;
    this.#name = basename(program);
    this.#queue = new HookQueue((problem, origin) => this.#tellError(problem, origin));
  }

  /** Whether a hook could not be started, took too long, was killed, or ended with an exit status other than 0. */
  get hasFailed(): boolean {
    return this.#failed;
  }

  /** Runs the hook for a notification when its turn comes. `line` is its JSON line without the line feed. */
  push(event: EventOrigin & Notified, line: string): void {
    if (this.#stop.signal.aborted) return;
    this.#queue.push({ event, line });
    this.#work ??= this.#runAll();
  }

  /** Resolves when the hook has run for every notification that was given so far. */
  async drain(): Promise<void> {
    await this.#work;
  }

  /** Stops the running hook (SIGTERM, then SIGKILL), and runs none for what still waits. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#queue.clear();
    await this.#work;
  }

  async #runAll(): Promise<void> {
    for (let job = this.#queue.shift(); job !== null; job = this.#queue.shift()) await this.#run(job);
    this.#work = null;
  }

  async #run(job: HookJob): Promise<void> {
    const started = performance.now();
    try {
      this.#finish(job, await this.#runProgram(job));
    } catch (error) {
      if (!(error instanceof PanwatchError)) throw error;
      this.#failed = true;
      const ms = Math.round(performance.now() - started);
      this.#tellFinished(job, { cause: "itself", exit: null, signal: null, ms });
      this.#tellError(error, job.event);
    }
  }

  async #runProgram({ event, line }: HookJob): Promise<ProgramEnd> {
    const { command, timeoutMs, graceMs, stderr, notice } = this.#options;
    const [program = "", ...args] = command;
    const printed = new LineForwarder(stderr);
    const complained = new LineForwarder(stderr);
    const end = await runProgram({
      program,
      args,
      environment: this.#environment.for(event),
      input: `${line}\n`,
      timeoutMs,
      graceMs,
      signal: this.#stop.signal,
      onStdout: (chunk) => {
        printed.push(chunk);
        return true;
      },
      onStderr: (chunk) => complained.push(chunk),
      note: (text) => notice(`${event.id}: ${text}`, "debug"),
    });
    printed.end();
    complained.end();
    return end;
  }

  #finish(job: HookJob, end: ProgramEnd): void {
    this.#tellFinished(job, end);
    const failure = end.cause === "aborted" ? null : programFailure(end, this.#options.timeoutMs);
    if (failure === null) return;
    this.#failed = true;
    this.#options.notice(`The hook ${this.#name} ${failure} (for ${job.event.id}).`, "warn");
  }

  #tellFinished({ event }: HookJob, { exit, signal, cause, ms }: ProgramEnd): void {
    const finished: HookFinished = {
      type: "hook.finished",
      for: event.id,
      exit,
      signal,
      timedOut: cause === "timeout",
      ms,
    };
    this.#options.tell({ ...originOf(event), ...finished });
  }

  #tellError(error: PanwatchError, origin: EventOrigin): void {
    this.#options.tell({ ...originOf(origin), ...failedEvent(error, "hook", false) });
  }
}

/** The same place, now. */
function originOf({ server, printer, registration, channel }: EventOrigin): EventOrigin {
  return { time: new Date(), server, printer, registration, channel };
}
