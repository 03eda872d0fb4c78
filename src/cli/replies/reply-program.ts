import { basename } from "node:path";
import { PanwatchError } from "../../errors.js";
import type { Notice } from "../../pan/connection-options.js";
import type { Question } from "../../watch/options.js";
import { ProgramEnvironment } from "../programs/environment.js";
import { programFailure } from "../programs/failure.js";
import { LineForwarder } from "../programs/lines.js";
import { runProgram, type ProgramEnd } from "../programs/run.js";
import type { Decision } from "./decision.js";
import { ProgramAnswer } from "./program-answer.js";
import { Turns } from "./turns.js";

/** Programs that run side by side. */
const PLACES = 8;

export interface ReplyProgramOptions {
  readonly program: string;
  readonly timeoutMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs?: number | undefined;
  /** Takes the lines that the program prints on its stderr. */
  readonly stderr: (line: string) => void;
  /** Told with -vv when it runs and how it ended. */
  readonly notice: Notice;
}

/** The program of `--reply exec=`: it is run once for each question, eight at most side by side. */
export class ReplyProgram {
  readonly #options: ReplyProgramOptions;
  readonly #turns = new Turns(PLACES);
  readonly #environment = new ProgramEnvironment();

  constructor(options: ReplyProgramOptions) {
    this.#options = options;
  }

  /**
   * Asks the program, which reads the question's JSON line. Null when the signal aborted: the program was stopped, or was never started.
   *
   * @throws {PanwatchError} `program` when it cannot be started, fails, takes too long, or gives no answer.
   */
  async ask(question: Question, line: string, signal: AbortSignal): Promise<Decision | null> {
    return this.#turns.run(signal, () => this.#run(question, line, signal));
  }

  async #run({ event }: Question, line: string, signal: AbortSignal): Promise<Decision | null> {
    const { program, timeoutMs, graceMs, stderr, notice } = this.#options;
    const answer = new ProgramAnswer();
    const lines = new LineForwarder(stderr);
    const end = await runProgram({
      program,
      args: [],
      environment: this.#environment.for(event),
      input: `${line}\n`,
      timeoutMs,
      graceMs,
      signal,
      onStdout: (chunk) => answer.push(chunk),
      onStderr: (chunk) => lines.push(chunk),
      note: (text) => notice(`${event.id}: ${text}`, "debug"),
    });
    lines.end();
    return end.cause === "aborted" ? null : this.#judge(end, answer, event.id);
  }

  #judge(end: ProgramEnd, answer: ProgramAnswer, id: string): Decision {
    const failure = end.cause === "enough" ? null : programFailure(end, this.#options.timeoutMs);
    if (failure !== null) throw this.#error(failure, id);
    const decision = answer.read();
    if (decision.kind === "invalid") throw this.#error(`gave no answer: ${decision.problem}`, id);
    return decision;
  }

  #error(problem: string, id: string): PanwatchError {
    return new PanwatchError(
      "program",
      `The reply program ${basename(this.#options.program)} ${problem} (for ${id}).`,
      {
        hint: 'It must print one line (IDOK, 3, =Label, {"button":…}, {"text":…} or skip) and end with exit status 0.',
      },
    );
  }
}
