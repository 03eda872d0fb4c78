import type { Silence } from "../../silence.js";
import { wrap } from "../../render/wrap.js";
import { ERASE, type Terminal, type TerminalSize } from "./terminal.js";

/** The lines of a text for a terminal of this size; rows are infinite when the text is to be shown whole. */
export type Text = (size: TerminalSize) => readonly string[];

/** Waits until the terminal is ours; `waiting` is told when something else is to be printed there. */
export type OpenSilence = (waiting: () => void) => Promise<Silence>;

/**
 * Keeps a text at the bottom of the terminal: everything else is printed above it. The cursor rests at the top of the
 * text, so that nobody has to know into how many rows a terminal has broken its lines when its width has changed.
 */
export class Bottom {
  readonly #terminal: Terminal;
  readonly #openSilence: OpenSilence;
  readonly #onKeys: (keys: string) => void;
  #text: Text | null = null;
  /** The text that the screen shows. */
  #drawn: Text | null = null;
  #above = "";
  #whole = false;
  #changed = false;
  #updating: Promise<void> | null = null;
  #silence: Silence | null = null;

  /** Keys are taken while there is a text. */
  constructor(terminal: Terminal, openSilence: OpenSilence, onKeys: (keys: string) => void) {
    this.#terminal = terminal;
    this.#openSilence = openSilence;
    this.#onKeys = onKeys;
    terminal.onResize(() => {
      if (this.#text !== null) this.update();
    });
  }

  /** Whether the text is seen, so that keys are meant for it. */
  get isSeen(): boolean {
    return this.#text !== null && this.#text === this.#drawn;
  }

  /** Shows a text in place of the one before; null for none. */
  show(text: Text | null): void {
    this.#text = text;
    this.showWhole();
  }

  /** Shows the text again, all of it, however little room there is. */
  showWhole(): void {
    this.#whole = true;
    this.update();
  }

  /** Shows the text again as it is now, as far as there is room. */
  update(): void {
    this.#changed = true;
    this.#updating ??= this.#draw();
  }

  /** Prints lines above the text, to stay, broken between words. */
  print(lines: readonly string[]): void {
    const { columns } = this.#size(true);
    this.#above += lines.flatMap((line) => wrap(line, columns).map((row) => `${row}\n`)).join("");
    this.update();
  }

  /** Prints the text itself above, where it has been seen. */
  printText(): void {
    if (this.isSeen) this.print(this.#text?.(this.#size(true)) ?? []);
  }

  /** Shows nothing any more, and waits until that is done. */
  async close(): Promise<void> {
    if (this.#text !== null) this.show(null);
    await this.#updating;
  }

  async #draw(): Promise<void> {
    this.#silence ??= await this.#openSilence(() => this.update());
    while (this.#changed) {
      this.#changed = false;
      this.#terminal.write(ERASE);
      await this.#silence.letThrough();
      // What was typed before a text is seen was not meant for it.
      if (this.#text !== null && !this.isSeen) await this.#terminal.startKeys(this.#onKeys);
      const lines = this.#text?.(this.#size(this.#whole)) ?? [];
      this.#terminal.write(`${this.#above}${lines.join("\n")}\r${"\x1b[A".repeat(Math.max(0, lines.length - 1))}`);
      this.#above = "";
      this.#whole = false;
      this.#drawn = this.#text;
    }
    if (this.#text === null) {
      this.#terminal.stopKeys();
      this.#silence[Symbol.dispose]();
      this.#silence = null;
    }
    this.#updating = null;
  }

  #size(whole: boolean): TerminalSize {
    const { columns, rows } = this.#terminal.size();
    return { columns, rows: whole ? Number.POSITIVE_INFINITY : rows };
  }
}
