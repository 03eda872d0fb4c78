import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { saysWhatIsMissing } from "../../support/eventually.js";

const PROGRAM = fileURLToPath(new URL("../peer/pan_server.py", import.meta.url));
/** The same server, which lists drivers too. */
const DRIVER_PROGRAM = fileURLToPath(new URL("driver_server.py", import.meta.url));

export const USER = "alice";
export const PASSWORD = "Passw0rd!";

/** What the server says last: see its README. */
export interface Summary {
  readonly clean: boolean | null;
  readonly must: number;
  readonly should: number;
  readonly violations: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
  readonly unfiredSteps: readonly unknown[];
}

export type LogEntry = Readonly<Record<string, unknown>> & { readonly t: number; readonly ev: string };

export interface PanServerOptions {
  readonly python: string;
  readonly args?: readonly string[];
  readonly steps?: readonly object[];
  /** Drivers to be listed: name, environment, files, dependent. */
  readonly drivers?: readonly object[];
  readonly env?: NodeJS.ProcessEnv;
}

interface Ready {
  readonly pan: [address: string, port: number];
  readonly epm: [address: string, port: number];
}

/** The independent print server as a child process, with its scenario, its control connection and its log. */
export class PanServer implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #lines: AsyncIterator<string>;
  readonly address: string;
  readonly port: number;
  readonly epmPort: number;

  private constructor(child: ChildProcess, folder: string, lines: AsyncIterator<string>, ready: Ready) {
    this.#child = child;
    this.#folder = folder;
    this.#lines = lines;
    [this.address, this.port] = ready.pan;
    [, this.epmPort] = ready.epm;
  }

  static async start({ python, args = [], steps = [], drivers, env = {} }: PanServerOptions): Promise<PanServer> {
    const folder = await mkdtemp(join(tmpdir(), "panwatch-server-"));
    const scenario = join(folder, "scenario.json");
    await writeFile(scenario, JSON.stringify({ steps }));
    const epmPort = await freePort();
    const fixed = [
      "--listen",
      "127.0.0.1",
      "--epm-port",
      `${epmPort}`,
      "--user",
      `${USER}%${PASSWORD}`,
      "--any-domain",
      "--scenario",
      scenario,
    ];
    const files = ["--log", join(folder, "log.jsonl"), "--control", join(folder, "control")];
    const listed = drivers?.flatMap((driver) => ["--driver", JSON.stringify(driver)]) ?? [];
    const program = drivers === undefined ? PROGRAM : DRIVER_PROGRAM;
    const child = spawn(python, [program, ...fixed, ...files, ...listed, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    let complaints = "";
    child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    using _ = saysWhatIsMissing(() => `the first line of the print server; on stderr: ${complaints}`);
    const first = await lines.next();
    if (first.done === true) throw new Error(`the print server did not start: ${complaints}`);
    return new PanServer(child, folder, lines, JSON.parse(first.value) as Ready);
  }

  /** Sends a control command and gives its answer. */
  async control(command: object): Promise<unknown> {
    using _ = saysWhatIsMissing(() => `the print server's answer to ${JSON.stringify(command)}`);
    return await new Promise((resolve, reject) => {
      const socket = connect(join(this.#folder, "control"));
      socket.on("error", reject);
      createInterface({ input: socket }).once("line", (line) => {
        socket.end();
        resolve(JSON.parse(line));
      });
      socket.write(`${JSON.stringify(command)}\n`);
    });
  }

  /** Ends the server and gives its last word. */
  async stop(): Promise<Summary> {
    this.#child.kill("SIGTERM");
    using _ = saysWhatIsMissing(() => "the summary of the print server");
    for (;;) {
      const line = await this.#lines.next();
      if (line.done === true) throw new Error("the print server ended without a summary");
      const entry = JSON.parse(line.value) as LogEntry;
      if (entry.ev === "summary") return entry as unknown as Summary;
    }
  }

  async log(): Promise<LogEntry[]> {
    const text = await readFile(join(this.#folder, "log.jsonl"), "utf8");
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as LogEntry);
  }

  /** What the server found wrong with its client, but for mere notes: code, section and text of each. */
  async violations(): Promise<string[]> {
    const found = (await this.log()).filter(({ ev, severity }) => ev === "VIOLATION" && severity !== "note");
    return found.map(({ code, section, text }) => [code, section, text].map(String).join(" "));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = new Promise((resolve) => this.#child.once("exit", resolve));
      this.#child.kill("SIGKILL");
      await gone;
    }
    await rm(this.#folder, { recursive: true });
  }
}

/** A port that was free a moment ago: the server cannot be told to choose one for its endpoint mapper. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
