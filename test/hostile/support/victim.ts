import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { saysWhatIsMissing } from "../../support/eventually.js";

/** The launcher, as npm installs it. */
export const PANWATCH = fileURLToPath(new URL("../../../bin/panwatch.js", import.meta.url));

/**
 * What leaving may take, in milliseconds. 2 s are promised; the rest is for a machine that has other things to do. What hangs
 * would keep it for far longer.
 */
export const LEAVING_MS = 5000;

/** A program of ours under attack, in a process of its own, which the operating system measures. */
export class Victim implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  readonly #waiting = new Set<() => void>();
  readonly lines: Record<string, unknown>[] = [];
  stderr = "";

  /** A command that ends in what runs panwatch; its stdout is JSON lines, its stdin empty or what `tell` writes. */
  constructor(
    [program = "", ...args]: readonly string[],
    env: Readonly<Record<string, string>> = {},
    stdin: "ignore" | "pipe" = "ignore",
  ) {
    this.#child = spawn(program, args, { env: { ...process.env, ...env }, stdio: [stdin, "pipe", "pipe"] });
    this.#child.stdin?.on("error", () => undefined);
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    if (this.#child.stdout !== null)
      createInterface(this.#child.stdout).on("line", (line) => {
        this.lines.push(JSON.parse(line) as Record<string, unknown>);
        for (const look of this.#waiting) look();
      });
    this.#gone = once(this.#child, "close");
  }

  /** `panwatch` with these arguments. */
  static panwatch(args: readonly string[], env?: Readonly<Record<string, string>>, stdin?: "ignore" | "pipe"): Victim {
    return new Victim([process.execPath, PANWATCH, ...args], env, stdin);
  }

  /** Writes a line to its stdin; the line of this type that answers it. */
  tell(instruction: object, answer: "done" | "error" = "done"): Promise<Record<string, unknown>> {
    const answered = this.lines.filter(({ type }) => type === answer).length;
    this.#child.stdin?.write(`${JSON.stringify(instruction)}\n`);
    return this.line(answer, answered + 1);
  }

  /** The first line of a type, or the n-th; fails when the process ends without it. */
  async line(type: string, n = 1): Promise<Record<string, unknown>> {
    const found = (): Record<string, unknown> | undefined => this.lines.filter((line) => line["type"] === type)[n - 1];
    let look: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => {
      look = () => void (found() !== undefined && resolve());
      this.#waiting.add(look);
      look();
    });
    using _ = saysWhatIsMissing(() => `line ${n} of type ${type}. ${this.#said()}`);
    await Promise.race([seen, this.#gone]);
    this.#waiting.delete(look);
    const line = found();
    if (line === undefined) throw new Error(`it ended without line ${n} of type ${type}. ${this.#said()}`);
    return line;
  }

  #said(): string {
    return `stdout:\n${this.lines.map((line) => JSON.stringify(line)).join("\n")}\nstderr:\n${this.stderr}`;
  }

  /** Its largest resident memory so far, in bytes. */
  get peakMemory(): number {
    const status = readFileSync(`/proc/${this.#child.pid ?? 0}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  }

  /** Sends a signal; the milliseconds until the process is gone. */
  async leave(signal: NodeJS.Signals = "SIGTERM"): Promise<number> {
    const asked = performance.now();
    this.#child.kill(signal);
    return this.goneAfter(asked);
  }

  /** The milliseconds from that moment on the clock of `performance.now` until the process is gone. */
  async goneAfter(moment: number): Promise<number> {
    await this.#gone;
    return performance.now() - moment;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#gone;
  }
}
