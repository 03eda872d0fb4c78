import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { PrintServerOptions } from "../../../src/print-server/options.js";

const PROGRAM = fileURLToPath(new URL("server.js", import.meta.url));

/** One registration as the server had it, with the numbers of the notifications handed to it, in order. */
export interface ServerRegistration {
  readonly kind: "asyncui" | "channels" | "configuration";
  readonly handed: readonly number[];
  /** Notifications that still waited for a call when the registration ended. */
  readonly queued: readonly number[];
}

/** What the server did in one run. */
export interface ServerReport {
  readonly registrations: readonly ServerRegistration[];
  /** Replies that it took. */
  readonly replies: number;
}

type Message =
  | { readonly what: "ready"; readonly port: number; readonly epmPort: number | null }
  | { readonly what: "done"; readonly run: string }
  | { readonly what: "report"; readonly run: string; readonly report: ServerReport };

/** The program server.js, which says when the client of a run has waited for everything, and what it got. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #done = new Map<string, (died: boolean) => void>();
  readonly #reports = new Map<string, (report: ServerReport | Promise<never>) => void>();
  readonly port: number;
  readonly epmPort: number;

  private constructor(child: ChildProcess, port: number, epmPort: number | null) {
    this.#child = child;
    this.port = port;
    this.epmPort = epmPort ?? 0;
    child.on("message", (message: Message) => this.#take(message));
    child.once("exit", () => this.#died());
  }

  static async start(options: Partial<PrintServerOptions> = {}): Promise<ServerProcess> {
    const child = fork(PROGRAM, [JSON.stringify(options)], { stdio: "inherit", execArgv: [] });
    const failed = once(child, "exit").then(() => {
      throw new Error("the print server ended; was it built?");
    });
    const [ready] = (await Promise.race([once(child, "message"), failed])) as [Message];
    if (ready.what !== "ready") throw new Error(`the print server began with ${ready.what}`);
    return new ServerProcess(child, ready.port, ready.epmPort);
  }

  /** Calls `done` when the client of the run has been given all five and waits again, or when the server died. */
  whenDone(run: string, done: (died: boolean) => void): void {
    this.#done.set(run, done);
  }

  /** Raises one more notification. */
  nudge(run: string, id: number): void {
    this.#child.send({ run, order: "nudge", id });
  }

  /** Ends a run and gives its report. Rejects when the server died. */
  end(run: string): Promise<ServerReport> {
    this.#done.delete(run);
    return new Promise((resolve) => {
      this.#reports.set(run, resolve);
      if (this.#child.connected) this.#child.send({ run, order: "end" });
      else this.#died();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.disconnect();
    await gone;
  }

  #died(): void {
    for (const done of this.#done.values()) done(true);
    for (const resolve of this.#reports.values()) resolve(Promise.reject(new Error("the print server died")));
    this.#reports.clear();
  }

  #take(message: Message): void {
    if (message.what === "done") this.#done.get(message.run)?.(false);
    if (message.what !== "report") return;
    this.#reports.get(message.run)?.(message.report);
    this.#reports.delete(message.run);
  }
}
