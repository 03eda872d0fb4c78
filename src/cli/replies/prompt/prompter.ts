import type { MessageBox, Reply } from "../../../notifications/model.js";
import type { Question } from "../../../watch/options.js";
import type { Replied } from "../../../watch/events.js";
import {
  chosenText,
  keysText,
  outcomeText,
  questionText,
  skippedText,
  waitingText,
  withdrawnText,
  type Place,
} from "./screen.js";
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
 * Asks a person about message boxes, one after the other: `-i`. A digit presses a button, `s` skips, nothing else does
 * anything. The terminal is in raw mode only while a question is shown.
 */
export class Prompter {
  readonly #terminal: Terminal;
  readonly #interrupt: () => void;
  /** What waits for the person, the question that is shown first. */
  readonly #queue: Prompt[] = [];
  /** Titles of what was answered here, by the notification's id, until the outcome is known. */
  readonly #answered = new Map<string, string>();
  /** Questions settled since the queue was last empty. */
  #settled = 0;
  #shown: Prompt | null = null;
  #busy = false;
  #left = false;

  /** `interrupt` is called for Ctrl-C, which the terminal does not turn into a signal while it is in raw mode. */
  constructor(terminal: Terminal, interrupt: () => void = () => void process.kill(process.pid, "SIGINT")) {
    this.#terminal = terminal;
    this.#interrupt = interrupt;
    terminal.onGone(() => this.#leave());
  }

  /** Asks about a message box; null when it is skipped, or withdrawn because the signal aborted. */
  async ask(question: Question, box: MessageBox, signal: AbortSignal): Promise<Reply | null> {
    if (signal.aborted || this.#left) return null;
    return new Promise((resolve) => {
      const withdraw = (): void => this.#withdraw(prompt, signal.reason);
      const settle = (reply: Reply | null): void => {
        signal.removeEventListener("abort", withdraw);
        resolve(reply);
      };
      const prompt: Prompt = { question, box, settle };
      signal.addEventListener("abort", withdraw);
      this.#queue.push(prompt);
      if (this.#shown !== null) this.#terminal.write(waitingText(this.#shown.box, this.#place));
      if (!this.#busy) void this.#next();
    });
  }

  /** Tells the person what became of an answer given here: accepted, or too late. */
  reportOutcome(outcome: Replied): void {
    const title = this.#answered.get(outcome.replyTo);
    if (outcome.via !== "interactive" || title === undefined) return;
    this.#answered.delete(outcome.replyTo);
    this.#terminal.write(outcomeText(title, outcome));
  }

  /** Withdraws every question and gives the terminal back. */
  close(): void {
    this.#leave();
    this.#terminal.close();
  }

  get #place(): Place {
    return { number: this.#settled + 1, of: this.#settled + this.#queue.length };
  }

  /** Shows the question that has waited longest; without one, gives the keyboard back. */
  async #next(): Promise<void> {
    this.#shown = null;
    this.#busy = this.#queue.length > 0;
    if (this.#busy) await this.#terminal.startKeys((keys) => this.#press(keys));
    const [prompt] = this.#queue;
    if (prompt === undefined) {
      this.#busy = false;
      this.#settled = 0;
      this.#terminal.stopKeys();
      return;
    }
    this.#shown = prompt;
    this.#terminal.write(questionText(prompt.question, prompt.box, this.#place));
  }

  #press(keys: string): void {
    const prompt = this.#shown;
    if (prompt === null) return;
    const { box } = prompt;
    if (keys.includes(CTRL_C)) {
      this.#leave();
      this.#interrupt();
      return;
    }
    // More than one character at once was pasted, not pressed.
    const key = keys.replace(NO_CHARACTERS, "").toLowerCase();
    const button = box.buttons.find(({ index }) => key === String(index));
    if (key === "s") {
      this.#terminal.write(skippedText(box));
      this.#settle(prompt, null);
    } else if (button !== undefined) {
      this.#terminal.write(chosenText(box, button.label));
      this.#remember(prompt);
      this.#settle(prompt, { kind: "button", button });
    } else {
      this.#terminal.write(`${keysText(box)}\n`);
    }
  }

  #settle(prompt: Prompt, reply: Reply | null): void {
    this.#settled += 1;
    this.#remove(prompt);
    prompt.settle(reply);
    void this.#next();
  }

  #withdraw(prompt: Prompt, reason: unknown): void {
    this.#remove(prompt);
    prompt.settle(null);
    if (this.#shown !== prompt) return;
    this.#terminal.write(withdrawnText(prompt.box, reason));
    void this.#next();
  }

  /** Asks nothing any more: the person pressed Ctrl-C, the terminal has gone, or the watch is over. */
  #leave(): void {
    this.#left = true;
    if (this.#shown !== null) this.#terminal.write(withdrawnText(this.#shown.box, null));
    this.#shown = null;
    for (const prompt of this.#queue.splice(0)) prompt.settle(null);
    this.#terminal.stopKeys();
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
