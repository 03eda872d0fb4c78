import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { basename } from "node:path";
import { PanwatchError } from "../../errors.js";
import { after, onAbort, settleWithin } from "../../waiting.js";
import { ProcessGroup } from "./process-group.js";

/** From SIGTERM to SIGKILL, in milliseconds. */
export const GRACE_MS = 1000;

/** How long what a program left behind may go on, and its output be read, once the program itself has ended. */
const LINGER_MS = 100;

export interface ProgramOptions {
  /** Found on PATH, or a path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What the program reads from its stdin before the end of file; it need not. */
  readonly input: string;
  readonly timeoutMs: number;
  /** From SIGTERM to SIGKILL; {@link GRACE_MS} unless given. */
  readonly graceMs?: number | undefined;
  /** Ends the program when it aborts. */
  readonly signal: AbortSignal;
  /** Takes what the program prints; false says that it is enough and ends the program. */
  readonly onStdout: (chunk: Uint8Array) => boolean;
  readonly onStderr: (chunk: Uint8Array) => void;
  /** Told that it runs, and how it ended. */
  readonly note?: ((text: string) => void) | undefined;
}

/** Why a program ended: by itself, or because we made it end. */
export type EndCause = "itself" | "timeout" | "aborted" | "enough";

export interface ProgramEnd {
  readonly cause: EndCause;
  /** The exit status; null when a signal ended it. */
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whole milliseconds from start to end. */
  readonly ms: number;
}

/**
 * Runs a program to its end, without a shell and in a process group of its own. When the promise settles, nothing of that
 * group is left and our ends of its pipes are closed, even where something that left the group holds the others.
 *
 * @throws {PanwatchError} `program` when it cannot be started.
 */
export async function runProgram(options: ProgramOptions): Promise<ProgramEnd> {
  const started = performance.now();
  const child = await start(options);
  const name = basename(options.program);
  options.note?.(`${name} runs as process ${child.pid}`);
  const { cause, exit, signal } = await supervise(child, options);
  const ms = Math.round(performance.now() - started);
  const why = cause === "itself" ? "" : ` (${cause})`;
  options.note?.(`${name} ended after ${ms} ms with ${signal ?? `exit status ${exit}`}${why}`);
  return { cause, exit, signal, ms };
}

async function start(options: ProgramOptions): Promise<Child> {
  const { program, args, environment } = options;
  try {
    const child = spawn(program, args, { detached: true, env: environment, stdio: "pipe" });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (error) => child.once("close", () => reject(error)));
    });
    return child;
  } catch (error) {
    throw new PanwatchError("program", `${basename(program)} cannot be started: ${startProblem(error)}.`, {
      cause: error,
      hint: "Give the path of an executable file, or a name that is found on PATH.",
    });
  }
}

function startProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such program, or the interpreter named in its first line is missing";
  if (code === "EACCES") return "it is not an executable file that we may run";
  return message;
}

type Child = ChildProcessWithoutNullStreams;

async function supervise(child: Child, options: ProgramOptions): Promise<Omit<ProgramEnd, "ms">> {
  // A child that has started has a process id.
  const group = new ProcessGroup(child.pid as number);
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const exited = new Promise<Pick<ProgramEnd, "exit" | "signal">>((resolve) =>
    child.once("exit", (exit, signal) => resolve({ exit, signal })),
  );
  const ending = new Ending(group, options);
  child.stdout.on("data", (chunk: Buffer) => {
    if (!options.onStdout(chunk)) ending.begin("enough");
  });
  child.stderr.on("data", options.onStderr);
  // A program that does not read what it is told is none of our business.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input);

  const result = await exited;
  const cause = ending.over();
  await settleWithin(LINGER_MS, closed);
  await ending.finish();
  await settleWithin(LINGER_MS, closed);
  child.stdout.destroy();
  child.stderr.destroy();
  await closed;
  return { cause, ...result };
}

/** Makes a program end before its time, once: when the time is over, nobody waits for it, or it has said enough. */
class Ending {
  readonly #group: ProcessGroup;
  readonly #options: ProgramOptions;
  readonly #ends: readonly Disposable[];
  #cause: EndCause = "itself";
  #terminated: Promise<void> | null = null;

  constructor(group: ProcessGroup, options: ProgramOptions) {
    this.#group = group;
    this.#options = options;
    this.#ends = [
      after(options.timeoutMs, () => this.begin("timeout")),
      onAbort(options.signal, () => this.begin("aborted")),
    ];
  }

  begin(cause: EndCause): void {
    if (this.#terminated !== null) return;
    this.#cause = cause;
    this.#terminated = this.#group.terminate(this.#options.graceMs ?? GRACE_MS);
  }

  /** The program has ended: nothing makes it end any more. Returns what did. */
  over(): EndCause {
    for (const end of this.#ends) end[Symbol.dispose]();
    return this.#cause;
  }

  /** Resolves when nothing of the process group is left. */
  finish(): Promise<void> {
    return this.#terminated ?? this.#group.kill();
  }
}
