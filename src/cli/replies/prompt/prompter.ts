import type { MessageBox, Reply } from "../../../notifications/model.js";
import type { Question } from "../../../watch/options.js";
import type { Replied } from "../../../watch/events.js";
import { onAbort } from "../../../waiting.js";
import { Bottom, type OpenSilence } from "./bottom.js";
import { chosenText, outcomeText, questionLines, skippedText, withdrawnText, type Place } from "./screen.js";
import type { Terminal } from "./terminal.js";

const CTRL_C = "\x03";

/** What keys without a character send (CSI and SS3 sequences, and ESC itself), and the line breaks of Enter. */
const NO_CHARACTERS = /\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)?|[\r\n]/g;

/** Answers whose outcome is awaited; those whose connection was lost have none, and are forgotten. */
const MAX_ANSWERED = 100;

interface Prompt {
  readonly question: Question;
  readonly box: MessageBox;
  readonly settle: (reply: Reply | null) => void;
}

/**
 * Asks a person about message boxes, one after the other: `-i`. The question stays at the bottom of the terminal. A digit
 * presses a button, `s` skips, any other key shows the question again, whole. The terminal is in raw mode only while a
 * question is shown.
 */
export class Prompter {
  readonly #terminal: Terminal;
  readonly #bottom: Bottom;
  readonly #interrupt: () => void;
  /** What waits for the person, the question that is shown first. */
  readonly #queue: Prompt[] = [];
  /** Titles of what was answered here, by the notification's id, until the outcome is known. */
  readonly #answered = new Map<string, string>();
  /** Questions settled since the queue was last empty. */
  #settled = 0;
  /** The prompt at the bottom. */
  #shown: Prompt | null = null;
  #left = false;

  /** `interrupt` is called for Ctrl-C, which the terminal does not turn into a signal while it is in raw mode. */
  constructor(
    terminal: Terminal,
    openSilence: OpenSilence,
    interrupt: () => void = () => void process.kill(process.pid, "SIGINT"),
  ) {
    this.#terminal = terminal;
    this.#bottom = new Bottom(terminal, openSilence, (keys) => this.#press(keys));
    this.#interrupt = interrupt;
    terminal.onGone(() => this.#leave());
  }

  /** Asks about a message box; null when it is skipped, or withdrawn because the signal aborted. */
  async ask(question: Question, box: MessageBox, signal: AbortSignal): Promise<Reply | null> {
    if (signal.aborted || this.#left) return null;
    return new Promise((resolve) => {
      const settle = (reply: Reply | null): void => {
        listening[Symbol.dispose]();
        resolve(reply);
      };
      const prompt: Prompt = { question, box, settle };
      const listening = onAbort(signal, () => this.#withdraw(prompt, signal.reason));
      this.#queue.push(prompt);
      if (this.#shown === null) this.#next();
      else this.#bottom.update();
    });
  }

  /** Tells the person what became of an answer given here: accepted, or too late. */
  reportOutcome(outcome: Replied): void {
    const title = this.#answered.get(outcome.replyTo);
    if (outcome.via !== "interactive" || title === undefined) return;
    this.#answered.delete(outcome.replyTo);
    this.#bottom.print([outcomeText(title, outcome)]);
  }

  /** Withdraws every question and gives the terminal back. */
  async close(): Promise<void> {
    this.#leave();
    await this.#bottom.close();
    this.#terminal.close();
  }

  get #place(): Place {
    return { number: this.#settled + 1, of: this.#settled + this.#queue.length };
  }

  /** Shows the question that has waited longest; without one, gives the keyboard back. */
  #next(): void {
    const prompt = this.#queue[0] ?? null;
    this.#shown = prompt;
    if (prompt === null) this.#settled = 0;
    this.#bottom.show(prompt && ((size) => questionLines(prompt.question, prompt.box, this.#place, size)));
  }

  #press(keys: string): void {
    if (keys.includes(CTRL_C)) {
      this.#leave();
      this.#interrupt();
      return;
    }
    const prompt = this.#shown;
    if (prompt === null || !this.#bottom.isSeen) return;
    const { box } = prompt;
    // More than one character at once was pasted, not pressed.
    const key = keys.replace(NO_CHARACTERS, "").toLowerCase();
    const button = box.buttons.find(({ index }) => key === String(index));
    if (key === "s") {
      this.#settle(prompt, null, skippedText(box));
    } else if (button !== undefined) {
      this.#remember(prompt);
      this.#settle(prompt, { kind: "button", button }, chosenText(box, button.label));
    } else {
      this.#bottom.showWhole();
    }
  }

  #settle(prompt: Prompt, reply: Reply | null, text: string): void {
    this.#bottom.printText();
    this.#bottom.print([text]);
    this.#settled += 1;
    this.#remove(prompt);
    prompt.settle(reply);
    this.#next();
  }

  #withdraw(prompt: Prompt, reason: unknown): void {
    if (this.#shown === prompt) this.#printWithdrawn(prompt, reason);
    this.#remove(prompt);
    prompt.settle(null);
    if (this.#shown === prompt) this.#next();
    else this.#bottom.update();
  }

  /** Asks nothing any more: the person pressed Ctrl-C, the terminal has gone, or the watch is over. */
  #leave(): void {
    this.#left = true;
    if (this.#shown !== null) this.#printWithdrawn(this.#shown, null);
    for (const prompt of this.#queue.splice(0)) prompt.settle(null);
    if (this.#shown !== null) this.#next();
  }

  #printWithdrawn({ box }: Prompt, reason: unknown): void {
    if (!this.#bottom.isSeen) return;
    this.#bottom.printText();
    this.#bottom.print([withdrawnText(box, reason)]);
  }

  #remove(prompt: Prompt): void {
    this.#queue.splice(this.#queue.indexOf(prompt), 1);
  }

  #remember({ question, box }: Prompt): void {
    this.#answered.set(question.event.id, box.title);
    const [oldest] = this.#answered.keys();
    if (this.#answered.size > MAX_ANSWERED && oldest !== undefined) this.#answered.delete(oldest);
  }
}
