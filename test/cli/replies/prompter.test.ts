import { describe, expect, it, vi } from "vitest";
import { createAnswerer, Prompter, type Terminal } from "../../../src/cli/replies/index.js";
import type { MessageBox, Reply } from "../../../src/notifications/model.js";
import type { Replied } from "../../../src/watch/events.js";
import { CUSTOM_UI, PAPER_JAM, question } from "./questions.js";

/** A terminal on paper: what is written, and who takes the keys. */
class PaperTerminal implements Terminal {
  written = "";
  raw = false;
  closed = false;
  #onKeys: ((keys: string) => void) | null = null;
  #gone: () => void = () => undefined;

  write(text: string): void {
    this.written += text;
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

  /** Lets the prompter show what it has, presses keys, and returns what was written since. */
  async press(...keys: readonly string[]): Promise<string> {
    const before = this.written.length;
    for (const key of keys) {
      await settled();
      this.#onKeys?.(key);
    }
    await settled();
    return this.written.slice(before);
  }

  hangUp(): void {
    this.#gone();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function box(title: string): MessageBox {
  return { ...PAPER_JAM, title };
}

class Desk {
  readonly terminal = new PaperTerminal();
  interrupts = 0;
  readonly prompter = new Prompter(this.terminal, () => (this.interrupts += 1));

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
        "",
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
    expect(await desk.terminal.press("\r")).toBe("Press 1, 2, 3, or s.\n");
    expect(
      await desk.terminal.press("4", "0", "x", " ", "12", "skip", "\x1b[15~", "\x1b", "\x1bO1", "[1~"),
    ).not.toContain("answering");
    expect(settledWith).toBe("open");
  });

  it("queues the others and says how many there are", async () => {
    const desk = new Desk();
    const asked = [desk.ask(box("First"))];
    await desk.terminal.press();
    asked.push(desk.ask(box("Second")), desk.ask(box("Third")));
    expect(desk.terminal.written).toContain("── Still question 1 of 3: First ── Press 1, 2, 3, or s.\n");
    expect(desk.terminal.written).not.toContain("Second");
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
    expect(shown).toContain(`\n${"T".repeat(200)}…\n`);
    expect(shown).toContain("  1  OK 2  fake (IDOK)\n");
    expect(shown.split("\n").length).toBeLessThan(60);
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
    expect(desk.terminal.written).toContain("First: withdrawn, not answered (the connection was lost).\n");
    expect(desk.terminal.written).not.toContain("Second");
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
    other.prompter.close();
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
    const lines = desk.terminal.written.split("\n").filter((line) => /^Box n\d: (?!answering)/.test(line));
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
    await vi.waitFor(() => {
      expect(terminal.written).not.toBe("");
    });
    await terminal.press("1");
    expect(await asked).toEqual({ via: "interactive", reply: { kind: "button", button: PAPER_JAM.buttons[0] } });
  });

  it("does not ask where --reply answers, nor about custom UI", async () => {
    const { terminal, prompter } = new Desk();
    const reply = { via: "button", choice: { by: "id", text: "IDOK" } } as const;
    const answer = createAnswerer({ ...options, prompter, reply });
    expect(await answer?.(question(PAPER_JAM), signal, "")).toMatchObject({ via: "button" });
    expect(await answer?.(question(CUSTOM_UI), signal, "")).toBe(null);
    expect(terminal.written).toBe("");
  });
});
