import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { processIdIn, Scripts } from "../../cli/programs/scripts.js";
import { eventually } from "../../support/eventually.js";
import { cleanEnvironment } from "./run.js";

/** A real terminal, that of `script`, with a command that outlives it: the shell around takes the SIGHUP. */
export class LosableTerminal implements Disposable {
  readonly #scripts = new Scripts();
  readonly #terminal;
  #screen = "";

  /** The command may redirect its streams to files of its own folder. */
  constructor(command: string) {
    const inner = this.#scripts.sh("inner", `echo $$ > pid; exec ${command}`);
    const outer = this.#scripts.sh("outer", `cd ${this.#scripts.folder}; trap : HUP; ${inner}; echo $? > code`);
    // `exec`: a shell of $SHELL in between would die of the SIGHUP, and the kernel send it on to the command.
    this.#terminal = spawn("script", ["-qc", `exec ${outer}`, "/dev/null"], { env: cleanEnvironment() });
    this.#terminal.stdout.setEncoding("utf8").on("data", (text: string) => (this.#screen += text));
  }

  /** Waits until the terminal shows a text. */
  async shows(text: string): Promise<void> {
    await eventually(() => expect(this.#screen).toContain(text));
  }

  /** What stands in a file, "" while there is none. */
  read(name: string): string {
    const path = this.#scripts.path(name);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  /** Takes the terminal away, as that of a window that is closed or of a connection that breaks. */
  lose(): void {
    this.#terminal.kill("SIGKILL");
  }

  async signal(name: NodeJS.Signals): Promise<void> {
    process.kill(await processIdIn(this.#scripts.path("pid")), name);
  }

  /** Waits for the end of the command; an abort is 134. */
  async exit(): Promise<number> {
    return eventually(() => {
      const code = this.read("code");
      expect(code, `the exit code; on stderr: ${this.read("stderr")}`).toMatch(/^\d+\n$/);
      return Number(code);
    });
  }

  [Symbol.dispose](): void {
    this.lose();
    const pid = this.read("code") === "" ? this.read("pid") : "";
    if (pid !== "") process.kill(Number(pid), "SIGKILL");
    this.#scripts[Symbol.dispose]();
  }
}
