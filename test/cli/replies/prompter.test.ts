import { describe, expect, it } from "vitest";
import { createAnswerer, Prompter, type Terminal } from "../../../src/cli/replies/index.js";
import type { TerminalSize } from "../../../src/cli/replies/prompt/terminal.js";
import { Silence, type Holdable } from "../../../src/cli/silence.js";
import type { MessageBox, Reply } from "../../../src/notifications/model.js";
import type { Replied } from "../../../src/watch/events.js";
import { CUSTOM_UI, PAPER_JAM, question } from "./questions.js";
import { eventually } from "../../support/eventually.js";

/** A terminal on paper, which is never too short: what it shows, and who takes the keys. */
class PaperTerminal implements Terminal {
  raw = false;
  closed = false;
  columns = 80;
  rows = 50;
  readonly #lines = [""];
  #row = 0;
  #onKeys: ((keys: string) => void) | null = null;
  #gone: () => void = () => undefined;
  #resized: () => void = () => undefined;

  get screen(): string {
    return this.#lines.join("\n");
  }

  write(text: string): void {
    for (const [part] of text.matchAll(/\r\x1b\[J|\x1b\[A|[\r\n]|[^\r\n\x1b]+|\x1b/g)) {
      if (part === "\r\x1b[J") this.#lines.splice(this.#row, Number.POSITIVE_INFINITY, "");
      else if (part === "\x1b[A") this.#row -= 1;
      else if (part === "\n") this.#row += 1;
      else if (part !== "\r") this.#lines[this.#row] = part;
    }
    for (let row = 0; row <= this.#row; row += 1) this.#lines[row] ??= "";
  }

  size(): TerminalSize {
    return this;
  }

  onResize(resized: () => void): void {
    this.#resized = resized;
  }

  async resize(columns: number, rows: number): Promise<string> {
    [this.columns, this.rows] = [columns, rows];
    this.#resized();
    return this.press();
  }

  async startKeys(onKeys: (keys: string) => void): Promise<void> {
    this.raw = true;
    this.#onKeys = null;
    await Promise.resolve();
    if (this.raw) this.#onKeys = onKeys;
  }

  stopKeys(): void {
    this.raw = false;
    this.#onKeys = null;
  }

  onGone(gone: () => void): void {
    this.#gone = gone;
  }

  close(): void {
    this.closed = true;
  }

  /** Lets the prompter show what it has, presses keys, and returns what the screen shows then. */
  async press(...keys: readonly string[]): Promise<string> {
    for (const key of keys) {
      await settled();
      this.#onKeys?.(key);
    }
    await settled();
    return this.screen;
  }

  hangUp(): void {
    this.#gone();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What else is printed on the terminal. */
class PaperOutput implements Holdable {
  readonly #terminal: Terminal;
  #held: { lines: string[]; waiting: () => void } | null = null;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  line(text: string): void {
    if (this.#held === null) {
      this.#terminal.write(`${text}\n`);
      return;
    }
    this.#held.lines.push(text);
    this.#held.waiting();
  }

  hold(waiting: () => void): Disposable {
    const lines: string[] = [];
    this.#held = { lines, waiting };
    return {
      [Symbol.dispose]: () => {
        this.#held = null;
        for (const line of lines) this.line(line);
      },
    };
  }

  async flush(): Promise<void> {
    // Everything is printed at once.
  }
}

function box(title: string): MessageBox {
  return { ...PAPER_JAM, title };
}

class Desk {
  readonly terminal = new PaperTerminal();
  interrupts = 0;
  /** What is printed above the question while it stands. */
  readonly output = new PaperOutput(this.terminal);
  readonly prompter = new Prompter(
    this.terminal,
    (waiting) => Promise.resolve(new Silence([this.output], waiting, () => undefined)),
    () => (this.interrupts += 1),
  );

  ask(asked: MessageBox = PAPER_JAM, signal = new AbortController().signal, id = "n1"): Promise<Reply | null> {
    return this.prompter.ask(question(asked, { id }), asked, signal);
  }
}

function outcome(more: Partial<Replied>): Replied {
  return {
    type: "reply.sent",
    replyTo: "n1",
    via: "interactive",
    button: { id: "IDOK", replyValue: 1, label: "OK" },
    text: null,
    result: { code: 0, name: "S_OK" },
    message: null,
    latencyMs: 1,
    ...more,
  };
}

describe("a prompt", () => {
  it("shows the message box with its numbered buttons", async () => {
    const desk = new Desk();
    void desk.ask();
    expect(await desk.terminal.press()).toBe(
      [
        "",
        "── Question 1 of 1 from print1, printer HP4 ──",
        "Paper jam",
        "  Remove the paper and choose.",
        "  1  OK (IDOK)",
        "  2  Retry (3)",
        "  3  Cancel (IDCANCEL)",
        "  s  skip: leave it to somebody else",
        "Press 1, 2, 3, or s.",
      ].join("\n"),
    );
  });

  it("takes a digit for a button, with or without Enter behind it", async () => {
    const desk = new Desk();
    const [first, second] = [desk.ask(), desk.ask(box("Second"))];
    await desk.terminal.press("2", "3\r");
    expect(await first).toEqual({ kind: "button", button: PAPER_JAM.buttons[1] });
    expect(await second).toEqual({ kind: "button", button: PAPER_JAM.buttons[2] });
  });

  it.each(["s", "S"])("skips with %s", async (key) => {
    const desk = new Desk();
    const asked = desk.ask();
    expect(await desk.terminal.press(key)).toContain("Paper jam: skipped, left to somebody else.\n");
    expect(await asked).toBe(null);
  });

  it("does nothing for Enter, other keys, pasted text and keys that send an escape sequence", async () => {
    const desk = new Desk();
    let settledWith: Reply | null | "open" = "open";
    void desk.ask().then((reply) => (settledWith = reply));
    await desk.terminal.press();
    const before = desk.terminal.screen;
    const keys = ["\r", "4", "0", "x", " ", "12", "skip", "\x1b[15~", "\x1b", "\x1bO1", "[1~", "\f"];
    expect(await desk.terminal.press(...keys)).toBe(before);
    expect(settledWith).toBe("open");
  });

  it("queues the others and says how many there are", async () => {
    const desk = new Desk();
    const asked = [desk.ask(box("First"))];
    await desk.terminal.press();
    asked.push(desk.ask(box("Second")), desk.ask(box("Third")));
    expect(await desk.terminal.press()).toContain("── Question 1 of 3 from print1, printer HP4 ──\nFirst\n");
    expect(desk.terminal.screen.match(/Question/g)).toHaveLength(1);
    expect(desk.terminal.screen).not.toContain("Second");
    expect(await desk.terminal.press("1")).toContain("── Question 2 of 3 from print1, printer HP4 ──\nSecond\n");
    expect(await desk.terminal.press("1")).toContain("── Question 3 of 3 from print1, printer HP4 ──\nThird\n");
    await desk.terminal.press("s");
    expect((await Promise.all(asked)).map((reply) => reply?.kind)).toEqual(["button", "button", undefined]);
    expect(desk.terminal.raw).toBe(false);
    void desk.ask(box("Fourth"));
    expect(await desk.terminal.press()).toContain("── Question 1 of 1 ");
  });

  it("shows nothing that a terminal would obey, and only so much", async () => {
    const desk = new Desk();
    const buttons = [{ index: 1, id: "IDOK", replyValue: 1, label: "\x1b]0;owned\x07OK\n2  fake" }];
    void desk.ask({
      ...PAPER_JAM,
      title: `\x1b[2J${"T".repeat(500)}`,
      body: "a\x07b\u202e\n".repeat(1_000_000),
      buttons,
    });
    const shown = await desk.terminal.press();
    expect(shown).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/);
    expect(shown.replaceAll("T\nT", "TT")).toContain(`\n${"T".repeat(200)}…\n`);
    expect(shown).toContain("  1  OK 2  fake (IDOK)\n");
    expect(shown.split("\n").length).toBeLessThan(60);
  });

  it("stays at the bottom: other output goes above it", async () => {
    const desk = new Desk();
    desk.output.line("before");
    void desk.ask();
    const asked = await desk.terminal.press();
    const question = asked.slice("before\n".length);
    desk.output.line("one");
    desk.output.line("two");
    expect(await desk.terminal.press()).toBe(`before\none\ntwo\n${question}`);
    desk.output.line("three");
    expect(await desk.terminal.press("x")).toBe(`before\none\ntwo\nthree\n${question}`);
    await desk.terminal.press("1");
    desk.output.line("four");
    const kept = `before\none\ntwo\nthree\n${question}\nPaper jam: answering with OK …\nfour\n`;
    expect(await desk.terminal.press()).toBe(kept);
  });

  it("is broken into lines again when the terminal changes its size", async () => {
    const desk = new Desk();
    void desk.ask({ ...PAPER_JAM, body: "word ".repeat(20).trim() });
    const wide = await desk.terminal.press();
    const narrow = await desk.terminal.resize(30, 50);
    expect(narrow.replace(/\n {2}(?=word)/g, " ")).toContain("word ".repeat(20).trim());
    for (const line of narrow.split("\n")) expect(line.length).toBeLessThan(30);
    expect(await desk.terminal.resize(80, 50)).toBe(wide);
  });

  it("leaves out of its text what there is no room for, until a key asks for all of it", async () => {
    const desk = new Desk();
    const lines = Array.from({ length: 30 }, (_, number) => `line ${number}`);
    void desk.ask({ ...PAPER_JAM, body: lines.join("\n") });
    const whole = await desk.terminal.press();
    const cut = await desk.terminal.resize(80, 12);
    expect(cut.split("\n")).toHaveLength(12);
    expect(cut).toContain("  line 2\n  … (any other key shows all of it)\n  1  OK (IDOK)\n");
    expect(await desk.terminal.press("\f")).toBe(whole);
    expect((await desk.terminal.resize(80, 2)).split("\n")).toEqual([
      "  s  skip: leave it to somebody else",
      "Press 1, 2, 3, or s.",
    ]);
  });

  it("is in raw mode only while it is shown", async () => {
    const desk = new Desk();
    expect(desk.terminal.raw).toBe(false);
    void desk.ask();
    await desk.terminal.press();
    expect(desk.terminal.raw).toBe(true);
    await desk.terminal.press("1");
    expect(desk.terminal.raw).toBe(false);
  });

  it("is withdrawn when nobody waits for it any more, and the next one is shown", async () => {
    const desk = new Desk();
    const first = new AbortController();
    const second = new AbortController();
    const asked = [
      desk.ask(box("First"), first.signal),
      desk.ask(box("Second"), second.signal),
      desk.ask(box("Third")),
    ];
    await desk.terminal.press();
    second.abort();
    expect(await asked[1]).toBe(null);
    first.abort(new Error("the connection was lost"));
    expect(await asked[0]).toBe(null);
    const shown = await desk.terminal.press();
    expect(desk.terminal.screen).toContain("First: withdrawn, not answered (the connection was lost).\n");
    expect(desk.terminal.screen).not.toContain("Second");
    expect(shown).toContain("── Question 1 of 1 from print1, printer HP4 ──\nThird\n");
    expect(await desk.ask(PAPER_JAM, first.signal)).toBe(null);
  });

  it("may be withdrawn before it is shown, and asked again at once", async () => {
    const desk = new Desk();
    const controller = new AbortController();
    const first = desk.ask(box("First"), controller.signal);
    controller.abort();
    const second = desk.ask(box("Second"));
    await desk.terminal.press("1");
    expect(await first).toBe(null);
    expect(await second).toMatchObject({ kind: "button" });
    expect(desk.terminal.raw).toBe(false);
  });

  it("is left unanswered by Ctrl-C, which ends everything as SIGINT", async () => {
    const desk = new Desk();
    const asked = [desk.ask(), desk.ask(box("Second"))];
    expect(await desk.terminal.press("\x03")).toContain("Paper jam: withdrawn, not answered.\n");
    expect(await Promise.all(asked)).toEqual([null, null]);
    expect(desk).toMatchObject({ interrupts: 1, terminal: { raw: false } });
    expect(await desk.ask()).toBe(null);
  });

  it("ends when the terminal goes away, and when the watch does", async () => {
    const desk = new Desk();
    const asked = desk.ask();
    await desk.terminal.press();
    desk.terminal.hangUp();
    expect(await asked).toBe(null);
    const other = new Desk();
    const open = other.ask();
    await other.prompter.close();
    expect(await open).toBe(null);
    expect(other.terminal.closed).toBe(true);
  });

  it("says what became of the answer", async () => {
    const desk = new Desk();
    const told = async (id: string, event: Partial<Replied>): Promise<string> => {
      const asked = desk.ask(box(`Box ${id}`), undefined, id);
      await desk.terminal.press("1");
      await asked;
      desk.prompter.reportOutcome(outcome({ ...event, replyTo: id }));
      return desk.terminal.press();
    };
    await told("n1", {});
    await told("n2", { type: "reply.rejected", result: { code: 0x00040010, name: "CHANNEL_ACQUIRED" } });
    await told("n3", { type: "reply.rejected", result: null, message: "whether it was accepted is unknown" });
    await told("n4", { type: "reply.rejected", result: { code: 0x80040008, name: "CHANNEL_ALREADY_CLOSED" } });
    await told("n5", { type: "reply.planned", result: null });
    const lines = desk.terminal.screen.split("\n").filter((line) => /^Box n\d: (?!answering)/.test(line));
    expect(lines).toEqual([
      "Box n1: answered.",
      "Box n2: too late, somebody else has answered it.",
      "Box n3: the answer was not accepted (whether it was accepted is unknown).",
      "Box n4: the answer was not accepted (CHANNEL_ALREADY_CLOSED).",
      "Box n5: not sent, this is a dry run.",
    ]);
  });

  it("says nothing about answers that were not given here", async () => {
    const desk = new Desk();
    desk.prompter.reportOutcome(outcome({ via: "rules" }));
    desk.prompter.reportOutcome(outcome({ replyTo: "n9" }));
    expect(await desk.terminal.press()).toBe("");
  });
});

describe("-i beside --reply", () => {
  const options = { replyTimeoutMs: 1000, stderr: () => undefined, notice: () => undefined };
  const { signal } = new AbortController();

  it("asks about the message boxes that --reply leaves open", async () => {
    const { terminal, prompter } = new Desk();
    const match = [{ read: () => "other", pattern: { kind: "value", value: "Paper jam" } as const }];
    const rule = { number: 1, match, decision: { kind: "skip" } as const };
    const answer = createAnswerer({ ...options, prompter, reply: { via: "rules", rules: [rule] } });
    const asked = answer?.(question(PAPER_JAM), signal, "");
    await eventually(() => expect(terminal.screen).not.toBe(""));
    await terminal.press("1");
    expect(await asked).toEqual({ via: "interactive", reply: { kind: "button", button: PAPER_JAM.buttons[0] } });
  });

  it("does not ask where --reply answers, nor about custom UI", async () => {
    const { terminal, prompter } = new Desk();
    const reply = { via: "button", choice: { by: "id", text: "IDOK" } } as const;
    const answer = createAnswerer({ ...options, prompter, reply });
    expect(await answer?.(question(PAPER_JAM), signal, "")).toMatchObject({ via: "button" });
    expect(await answer?.(question(CUSTOM_UI), signal, "")).toBe(null);
    expect(terminal.screen).toBe("");
  });
});
