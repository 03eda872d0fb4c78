import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { Scripts } from "../cli/programs/scripts.js";
import { PANWATCH, Server, type Line } from "./support/panwatch.js";
import { buttonDocument, course, CUSTOM_UI, PAPER_JAM, sentDocument } from "./support/replies.js";
import { TmuxTerminal } from "./support/tmux.js";
import { endOf, eventually } from "../support/eventually.js";

/** `panwatch watch -i` in a terminal, its stdout in a pipe. */
class InteractiveWatch implements Disposable {
  readonly #scripts = new Scripts();
  readonly terminal: TmuxTerminal;

  constructor(server: Server, ...args: readonly string[]) {
    const words = [process.execPath, PANWATCH, "watch", "127.0.0.1", "-i", "-o", "json", ...server.access, ...args];
    this.#scripts.file("stdout", "");
    // What reads the pipe and the shell itself survive Ctrl-C, so that everything can be looked at afterwards.
    this.terminal = new TmuxTerminal(`cd ${this.#scripts.folder}
      trap : INT
      stty -g > before
      { trap : INT; ${words.map((word) => `'${word}'`).join(" ")}; echo "exit code $?" >&2; } | (trap '' INT; exec cat >> stdout)
      stty -g > after
      echo the end`);
  }

  get lines(): Line[] {
    const lines = readFileSync(this.#scripts.path("stdout"), "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Line);
  }

  /** Waits for a line with these fields on stdout. */
  async line(fields: Line): Promise<Line> {
    return eventually(() => {
      const found = this.lines.find((line) => Object.entries(fields).every(([name, value]) => line[name] === value));
      if (found === undefined)
        throw new Error(`no line with ${JSON.stringify(fields)} in ${JSON.stringify(this.lines)}`);
      return found;
    });
  }

  /** Waits until panwatch has ended with this exit code, and the terminal is as it was before. */
  async expectEnd(code: number): Promise<void> {
    await this.terminal.shows("the end");
    expect(this.terminal.screen()).toContain(`exit code ${code}\n`);
    const [before, after] = ["before", "after"].map((name) => readFileSync(this.#scripts.path(name), "utf8"));
    expect(after).toBe(before);
  }

  [Symbol.dispose](): void {
    this.terminal[Symbol.dispose]();
    this.#scripts[Symbol.dispose]();
  }
}

describe("panwatch watch -i in a terminal", () => {
  it("asks about message boxes one by one, and answers with the button of the digit", async () => {
    await using server = await Server.start();
    using watch = new InteractiveWatch(server, "-n", "3");
    await watch.line({ type: "registered", style: "bidi" });
    await server.tell(PAPER_JAM);
    await watch.terminal.shows("── Question 1 of 1 from 127.0.0.1 ──\nPaper jam\n  Remove the paper.\n");
    await server.tell({ ...PAPER_JAM, title: "Second" });
    await server.tell({ ...PAPER_JAM, title: "Third" });
    await watch.terminal.shows("── Question 1 of 3 from 127.0.0.1 ──\nPaper jam\n");
    watch.terminal.type("3");
    const sent = await watch.line({ type: "reply.sent", replyTo: "n1" });
    expect(sent).toMatchObject({
      via: "interactive",
      button: { id: "3", replyValue: 3, label: "Retry" },
      text: null,
      result: { code: "0x00000000" },
      message: null,
    });
    const replied = await server.panwatch.line({ type: "client.replied" });
    expect(sentDocument(replied)).toBe(buttonDocument(3));
    await watch.terminal.shows("Paper jam: answered.");
    await watch.terminal.shows("── Question 2 of 3 from 127.0.0.1 ──\nSecond\n");
    watch.terminal.type("s");
    await server.panwatch.line({ type: "client.released", reason: "released" });
    await watch.terminal.shows("── Question 3 of 3 from 127.0.0.1 ──\nThird\n");
    watch.terminal.type("1");
    await watch.line({ type: "reply.sent", replyTo: "n3" });
    await watch.expectEnd(0);
  });

  it("says when the answer comes too late, and goes on", async () => {
    await using server = await Server.start();
    using watch = new InteractiveWatch(server);
    await watch.line({ type: "registered", style: "bidi" });
    await server.tell(PAPER_JAM);
    await watch.terminal.shows("Press 1, 2, 3, or s.");
    await using faster = await server.watch("-n", "1", "--reply", "button=IDOK");
    expect(await faster.exit()).toBe(0);
    expect(course(faster)).toContain("reply.sent");
    watch.terminal.type("2");
    const rejected = await watch.line({ type: "reply.rejected" });
    expect(rejected).toMatchObject({ via: "interactive", button: { id: "IDCANCEL" }, result: { code: "0x00040010" } });
    await watch.terminal.shows("Paper jam: too late, somebody else has answered it.");
    await server.tell({ ...PAPER_JAM, title: "Second" });
    await watch.terminal.shows("── Question 1 of 1 from 127.0.0.1 ──\nSecond\n");
    watch.terminal.type("C-c");
    await watch.expectEnd(130);
  });

  it("leaves the message box unanswered on Ctrl-C, and ends as by SIGINT", async () => {
    await using server = await Server.start();
    using watch = new InteractiveWatch(server);
    await watch.line({ type: "registered", style: "bidi" });
    await server.tell(PAPER_JAM);
    await watch.terminal.shows("Press 1, 2, 3, or s.");
    watch.terminal.type("C-c");
    await watch.expectEnd(130);
    expect(watch.terminal.screen()).toContain("Paper jam: withdrawn, not answered.");
    expect(watch.lines.at(-1)).toMatchObject({ type: "unregistered", reason: "SIGINT", exitCode: 130 });
    await server.panwatch.line({ type: "client.released", reason: "released" });
    expect(server.panwatch.ofType("client.replied")).toEqual([]);
    const { left } = await server.panwatch.line({ type: "client.disconnected" });
    expect(left).toEqual({ registrations: 0, objects: 0, channels: 0 });
  });

  it("withdraws the question when the connection is lost", async () => {
    await using server = await Server.start();
    using watch = new InteractiveWatch(server);
    await watch.line({ type: "registered", style: "bidi" });
    await server.tell(PAPER_JAM);
    await watch.terminal.shows("Press 1, 2, 3, or s.");
    server.panwatch.kill("SIGKILL");
    await watch.terminal.shows("Paper jam: withdrawn, not answered");
    await watch.line({ type: "reconnecting" });
    watch.terminal.type("C-c");
    await watch.expectEnd(130);
  });

  it("asks only about what --reply leaves open, and never about custom UI", async () => {
    using scripts = new Scripts();
    const rules = scripts.file("rules.json", JSON.stringify([{ match: { title: "Paper jam" }, button: "IDCANCEL" }]));
    await using server = await Server.start();
    using watch = new InteractiveWatch(server, "--reply", `rules=${rules}`, "-n", "3");
    await watch.line({ type: "registered", style: "bidi" });
    await server.tell(CUSTOM_UI);
    await watch.line({ type: "channel.released" });
    await server.tell(PAPER_JAM);
    await watch.line({ type: "reply.sent", via: "rules" });
    await server.tell({ ...PAPER_JAM, title: "Toner low" });
    await watch.terminal.shows("── Question 1 of 1 from 127.0.0.1 ──\nToner low\n");
    watch.terminal.type("1");
    await watch.line({ type: "reply.sent", via: "interactive" });
    await watch.expectEnd(0);
  });

  it("is no time for a person's --reply-timeout", async () => {
    await using server = await Server.start();
    using watch = new InteractiveWatch(server, "--reply-timeout", "1ms", "-n", "1");
    await watch.line({ type: "registered", style: "bidi" });
    await server.tell(PAPER_JAM);
    await watch.terminal.shows("Press 1, 2, 3, or s.");
    watch.terminal.type("1");
    await watch.line({ type: "reply.sent", via: "interactive" });
    await watch.expectEnd(0);
  });
});

describe.each([80, 50])("a question in a terminal of %d columns that shows everything", (columns) => {
  const LONG =
    "Open the front cover, remove the paper that is stuck between the rollers, and close it again. Then choose Retry.";
  const HOOK = ["--", "sh", "-c", 'test -z "$PANWATCH_EVENT_TITLE" || echo "hook of $PANWATCH_EVENT_TITLE" >&2'];

  /** Its rows from the header on: nothing else may stand below it, and nothing of it above. */
  function question(terminal: TmuxTerminal): string[] {
    const rows = terminal.rows();
    const headers = rows.flatMap((row, number) => (row.startsWith("── Question") ? [number] : []));
    expect(headers).toHaveLength(1);
    return rows.slice(headers[0]);
  }

  function expectWhole(terminal: TmuxTerminal, width: number): void {
    const rows = question(terminal);
    expect(rows.slice(0, 2)).toEqual(["── Question 1 of 1 from 127.0.0.1 ──", "Paper jam"]);
    const body = rows.slice(2, -5);
    expect(body.map((row) => row.trim()).join(" ")).toBe(LONG);
    expect(body).toHaveLength(width === 80 ? 2 : 3);
    for (const row of body) expect(row.length).toBeLessThan(width);
    expect(rows.slice(-5)).toEqual([
      "  1  OK (IDOK)",
      "  2  Cancel (IDCANCEL)",
      "  3  Retry (3)",
      "  s  skip: leave it to somebody else",
      "Press 1, 2, 3, or s.",
    ]);
  }

  function open(server: Server, ...args: readonly string[]): TmuxTerminal {
    const words = [process.execPath, PANWATCH, "watch", "127.0.0.1", "-i", ...server.access, ...args];
    const command = words.map((word) => `'${word}'`).join(" ");
    return new TmuxTerminal(`trap : INT\n${command}\necho "exit code $?"\n`, { columns, rows: 24 });
  }

  it("stays at the bottom, whole, while events and hooks print above it", async () => {
    await using server = await Server.start();
    using terminal = open(server, ...HOOK);
    await terminal.shows("Watching");
    await server.tell({ ...PAPER_JAM, body: LONG });
    await terminal.shows("hook of Paper jam");
    const titles = Array.from({ length: 30 }, (_, number) => `Balloon ${number + 1}.`);
    for (const title of titles) await server.tell({ open: "balloon", title, body: LONG });
    await terminal.shows("hook of Balloon 30.");
    // The last line comes from stdout alone.
    await server.tell({ open: "customUi", dll: "vendor.dll", entrypoint: "AskUser", text: "Which tray?" });
    await terminal.shows("vendor.dll");
    await eventually(() => expectWhole(terminal, columns));
    const rows = terminal.rows();
    for (const title of titles) {
      expect(rows.filter((row) => row.includes(title) && !row.startsWith("hook of"))).toHaveLength(1);
      expect(rows.filter((row) => row === `hook of ${title}`)).toHaveLength(1);
    }
    terminal.type("s");
    await terminal.shows("Paper jam: skipped, left to somebody else.");
    const title = "A title that is nearly as long as the screen";
    await server.tell({ ...PAPER_JAM, title });
    await terminal.shows(`── Question 1 of 1 from 127.0.0.1 ──\n${title}\n`);
    terminal.type("1");
    await eventually(() => {
      const said = terminal.rows().join(" ");
      expect(said).toContain(`${title}: answering with OK … `);
      expect(said).toContain(`${title}: answered.`);
    });
    terminal.type("C-c");
    await terminal.shows("exit code 130");
  });

  it("is shown again, whole, for a wrong key and for Ctrl-L, and when the terminal changes its size", async () => {
    await using server = await Server.start();
    using terminal = open(server);
    await terminal.shows("Watching");
    await server.tell({ ...PAPER_JAM, body: LONG });
    await terminal.shows("Press 1, 2, 3, or s.");
    const other = 130 - columns;
    for (const width of [other, columns, other]) {
      terminal.resize(width, 30);
      await eventually(() => expectWhole(terminal, width));
    }
    for (const key of ["C-l", "x"]) {
      terminal.write(`\n\x1b[KThe header and\n\x1b[Kthe title are overwritten before ${key}\n`);
      await terminal.shows(`the title are overwritten before ${key}\n  Open the front cover`);
      terminal.type(key);
      await eventually(() => expectWhole(terminal, other));
    }
    terminal.type("1");
    await terminal.shows("Paper jam: answered.");
    terminal.type("C-c");
    await terminal.shows("exit code 130");
  });
});

describe("panwatch watch -i without a terminal", () => {
  it("ends with exit code 2 before anything is connected", async () => {
    // Detached, a process has no terminal that controls it.
    const child = spawn(process.execPath, [PANWATCH, "watch", "nobody.invalid", "-i"], {
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const [stderr, [code]] = await Promise.all([text(child.stderr), endOf(child, "exit")]);
    expect(stderr).toContain("panwatch: -i needs a terminal to ask on, and there is none.");
    expect(code).toBe(2);
  });
});
