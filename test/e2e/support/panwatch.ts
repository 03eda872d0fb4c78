import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import { fileURLToPath } from "node:url";
import { saysWhatIsMissing } from "../../support/eventually.js";
import { violationOf } from "./schema.js";

/** The launcher, as npm installs it. */
export const PANWATCH = fileURLToPath(new URL("../../../bin/panwatch.js", import.meta.url));

export type Line = Readonly<Record<string, unknown>>;

/** Fields that a line must have, compared deeply; or a predicate. */
export type Wanted = Line | ((line: Line) => boolean);

/** A running panwatch whose stdout is JSON lines. */
export class Panwatch implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #exit: Promise<unknown>;
  readonly #changed: (() => void)[] = [];
  readonly lines: Line[] = [];
  stderr = "";
  #ended = false;
  #violation: string | null = null;
  #seq = 0;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [PANWATCH, ...args], { env: { ...process.env, ...env }, stdio: "pipe" });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      this.#tell();
    });
    createInterface(this.#child.stdout).on("line", (line) => {
      const parsed = JSON.parse(line) as Line;
      this.#violation ??= violationOf(parsed) ?? this.#misnumbered(parsed);
      this.lines.push(parsed);
      this.#tell();
    });
    this.#exit = once(this.#child, "close").then(() => {
      this.#ended = true;
      this.#tell();
    });
  }

  /** What is wrong with the running number of a line; null for nothing. */
  #misnumbered({ seq }: Line): string | null {
    if (typeof seq !== "number" || seq === ++this.#seq) return null;
    return `line ${this.#seq} has the number ${seq}`;
  }

  /** The lines of a type. */
  ofType(type: string): Line[] {
    return this.lines.filter((line) => line["type"] === type);
  }

  /** Waits for a line with these fields; fails when the process ends without it. */
  async line(wanted: Wanted): Promise<Line> {
    const isWanted = typeof wanted === "function" ? wanted : (line: Line): boolean => hasFields(line, wanted);
    let found: Line | undefined;
    await this.#until(`a line with ${JSON.stringify(wanted)}`, () => (found = this.lines.find(isWanted)) !== undefined);
    return found ?? {};
  }

  /** Waits for so many lines of a type. */
  async count(type: string, count: number): Promise<Line[]> {
    await this.#until(`${count} lines of type ${type}`, () => this.ofType(type).length >= count);
    return this.ofType(type);
  }

  /** Waits until stderr holds a text. */
  async says(text: string): Promise<void> {
    await this.#until(`"${text}" on stderr`, () => this.stderr.includes(text));
  }

  send(line: object): void {
    this.#child.stdin.write(`${JSON.stringify(line)}\n`);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for the end, and gives the exit code, or the signal's name. */
  async exit(): Promise<number | string | null> {
    using _ = saysWhatIsMissing(() => `the end of panwatch. ${this.#said()}`);
    await this.#exit;
    if (this.#violation !== null) throw new Error(this.#violation);
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
  }

  async #until(what: string, isSo: () => boolean): Promise<void> {
    using _ = saysWhatIsMissing(() => `${what}. ${this.#said()}`);
    while (!isSo()) {
      if (this.#violation !== null) throw new Error(this.#violation);
      if (this.#ended) throw new Error(`panwatch ended without ${what}. ${this.#said()}`);
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  #said(): string {
    return `stdout:\n${this.lines.map((line) => JSON.stringify(line)).join("\n")}\nstderr:\n${this.stderr}`;
  }

  #tell(): void {
    for (const changed of this.#changed.splice(0)) changed();
  }
}

function hasFields(line: Line, wanted: Line): boolean {
  return Object.entries(wanted).every(([name, value]) => isDeepStrictEqual(line[name], value));
}

const PASSWORD = "Pa55word of the tests";

/** `panwatch serve` with the user alice, and what is needed to watch it. */
export class Server implements AsyncDisposable {
  static readonly password = PASSWORD;
  readonly #folder: string;
  readonly panwatch: Panwatch;
  readonly port: number;

  private constructor(folder: string, panwatch: Panwatch, port: number) {
    this.#folder = folder;
    this.panwatch = panwatch;
    this.port = port;
  }

  static async start(...args: readonly string[]): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), "panwatch-server-"));
    const password = join(folder, "password");
    writeFileSync(password, `${PASSWORD}\n`, { mode: 0o600 });
    const panwatch = new Panwatch(["serve", "--user", "alice", "--password-file", password, ...args]);
    const ready = await panwatch.line({ type: "ready" });
    return new Server(folder, panwatch, Number(ready["port"]));
  }

  /** The arguments that lead a watcher here, without its output format. */
  get access(): readonly string[] {
    return ["-U", "alice", "--password-file", this.passwordFile, "--port", String(this.port)];
  }

  /** Holds alice's password. */
  get passwordFile(): string {
    return join(this.#folder, "password");
  }

  /** Watches this server with JSON lines, and waits until it is registered for AsyncUI both ways. */
  async watch(...args: readonly string[]): Promise<Panwatch> {
    return this.watchWith({}, ...args);
  }

  /** The same with another target, or with more in the environment. */
  async watchWith(
    { target = "127.0.0.1", env = {} }: { target?: string; env?: Readonly<Record<string, string>> },
    ...args: readonly string[]
  ): Promise<Panwatch> {
    const watch = new Panwatch(["watch", target, "-o", "json", "--type", "asyncui", ...this.access, ...args], env);
    await watch.count("registered", 2);
    return watch;
  }

  /** Gives the server an instruction, and waits until it is carried out. */
  async tell(instruction: object): Promise<Line> {
    const answers = (): Line[] => this.panwatch.lines.filter(({ type }) => type === "done" || type === "error");
    const before = answers().length;
    this.panwatch.send(instruction);
    await this.panwatch.line(() => answers().length > before);
    const answer = answers()[before] ?? {};
    if (answer["type"] === "error") throw new Error(String(answer["message"]));
    return answer;
  }

  /** Closes the channels that are left, and forgets what clients did: for the next test. */
  async reset(): Promise<void> {
    const answers = this.panwatch.ofType("done");
    const taken = this.panwatch.ofType("client.replied").map(({ channel }) => channel);
    const channels = answers.flatMap(({ channels }) => channels as string[]).filter((id) => !taken.includes(id));
    for (const close of channels) await this.tell({ close });
    this.panwatch.lines.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.panwatch[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
