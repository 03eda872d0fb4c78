import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { TmuxTerminal } from "../../e2e/support/tmux.js";
import { Scripts } from "../programs/scripts.js";
import { PAPER_JAM, question } from "./questions.js";
import { endOf, eventually } from "../../support/eventually.js";

const DRIVER = fileURLToPath(new URL("prompt-driver.js", import.meta.url));

/** The prompts in a terminal of their own, with stdin and stdout in pipes. */
class PromptingTerminal implements Disposable {
  readonly #scripts = new Scripts();
  readonly #stdin: number;
  readonly terminal: TmuxTerminal;

  constructor() {
    const { folder } = this.#scripts;
    execFileSync("mkfifo", [this.#scripts.path("stdin")]);
    this.#scripts.file("stdout", "");
    // Opened for reading too, so that opening does not wait for the driver.
    this.#stdin = openSync(this.#scripts.path("stdin"), "r+");
    this.terminal = new TmuxTerminal(`cd ${folder}
      trap : INT
      stty -g > before
      ${process.execPath} ${DRIVER} < stdin | (trap '' INT; exec cat >> stdout)
      stty -g > after
      echo the end`);
  }

  send(command: object): void {
    writeSync(this.#stdin, `${JSON.stringify(command)}\n`);
  }

  ask(title: string, id = "n1"): void {
    this.send({ ask: question({ ...PAPER_JAM, title }, { id }) });
  }

  /** Waits until stdout has a line with these fields. */
  async prints(fields: object): Promise<void> {
    await eventually(() => {
      const lines = readFileSync(this.#scripts.path("stdout"), "utf8").split("\n").slice(0, -1);
      expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual(fields);
    });
  }

  /** Waits for the end, and tells whether the terminal's settings are those from before. */
  async isRestored(): Promise<boolean> {
    await this.terminal.shows("the end");
    const [before, after] = ["before", "after"].map((name) => readFileSync(this.#scripts.path(name), "utf8"));
    return before !== "" && before === after;
  }

  [Symbol.dispose](): void {
    this.terminal[Symbol.dispose]();
    closeSync(this.#stdin);
    this.#scripts[Symbol.dispose]();
  }
}

describe("prompts in a terminal", () => {
  it("are answered by single keys while stdin and stdout are pipes", async () => {
    using prompting = new PromptingTerminal();
    const { terminal } = prompting;
    prompting.ask("First");
    await terminal.shows("── Question 1 of 1 from print1, printer HP4 ──\nFirst\n");
    prompting.ask("Second", "n2");
    await terminal.shows("── Question 1 of 2 from print1, printer HP4 ──\nFirst\n");
    terminal.type("2");
    await prompting.prints({ id: "n1", reply: { kind: "button", button: PAPER_JAM.buttons[1] } });
    await terminal.shows("── Question 2 of 2 from print1, printer HP4 ──\nSecond\n");
    terminal.type("Enter", "F1", "s");
    await prompting.prints({ id: "n2", reply: null });
    expect(terminal.screen()).toContain("Second: skipped, left to somebody else.");
    terminal.type("C-c");
    await prompting.prints({ signal: "SIGINT" });
    expect(await prompting.isRestored()).toBe(true);
  });

  it("do not take what was typed before they were shown", async () => {
    using prompting = new PromptingTerminal();
    const { terminal } = prompting;
    prompting.ask("First");
    await terminal.shows("First");
    terminal.type("s");
    await prompting.prints({ id: "n1", reply: null });
    terminal.type("1");
    await terminal.shows("skipped, left to somebody else.\n1");
    prompting.ask("Second", "n2");
    await terminal.shows("Second");
    terminal.type("3");
    await prompting.prints({ id: "n2", reply: { kind: "button", button: PAPER_JAM.buttons[2] } });
  });

  it("give the terminal back, and the signal, on Ctrl-C", async () => {
    using prompting = new PromptingTerminal();
    prompting.ask("First");
    await prompting.terminal.shows("Press 1, 2, 3, or s.");
    prompting.terminal.type("C-c");
    await prompting.prints({ signal: "SIGINT" });
    expect(await prompting.isRestored()).toBe(true);
    expect(prompting.terminal.screen()).toContain("First: withdrawn, not answered.");
  });

  it("give the terminal back when the process dies of a bug", async () => {
    using prompting = new PromptingTerminal();
    prompting.ask("First");
    await prompting.terminal.shows("Press 1, 2, 3, or s.");
    prompting.send({ crash: true });
    expect(await prompting.isRestored()).toBe(true);
    expect(prompting.terminal.screen()).toContain("a bug");
  });

  it("are withdrawn when the connection is lost, and tell what came too late", async () => {
    using prompting = new PromptingTerminal();
    const { terminal } = prompting;
    prompting.ask("First");
    await terminal.shows("Press 1, 2, 3, or s.");
    prompting.send({ withdraw: "n1" });
    await prompting.prints({ id: "n1", reply: null });
    await terminal.shows("First: withdrawn, not answered (the connection was lost).");
    prompting.ask("Second", "n2");
    await terminal.shows("Second\n");
    terminal.type("1");
    const result = { code: 0x00040010, name: "CHANNEL_ACQUIRED" };
    await prompting.prints({ id: "n2", reply: { kind: "button", button: PAPER_JAM.buttons[0] } });
    prompting.send({ outcome: { type: "reply.rejected", replyTo: "n2", via: "interactive", result, message: null } });
    await terminal.shows("Second: too late, somebody else has answered it.");
  });

  it("need a terminal", async () => {
    // Detached, a process has no terminal that controls it.
    const child = spawn(process.execPath, [DRIVER], { detached: true, stdio: ["ignore", "ignore", "pipe"] });
    const [stderr, [code]] = await Promise.all([text(child.stderr), endOf(child, "exit")]);
    expect(stderr).toContain("UsageError: -i needs a terminal to ask on, and there is none.");
    expect(code).not.toBe(0);
  });
});
