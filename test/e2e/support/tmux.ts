import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { eventually } from "../../support/eventually.js";

/** A real terminal: a tmux server of its own with one window, in which a script for the shell runs. */
export class TmuxTerminal implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "panwatch-tmux-"));
  readonly #socket = join(this.#folder, "socket");

  constructor(script: string, { columns = 120, rows = 60 } = {}) {
    const file = join(this.#folder, "script");
    const config = join(this.#folder, "tmux.conf");
    writeFileSync(file, script);
    writeFileSync(config, "set -g default-terminal screen\n");
    // Something lives on in the window: tmux may drop what the last process wrote just before it died.
    const shell = `trap : INT QUIT; sh ${file}; exec sleep infinity`;
    this.#tmux("-f", config, "new-session", "-d", "-x", String(columns), "-y", String(rows), shell);
  }

  /** Types keys, by tmux's names (`1`, `Enter`, `C-c`). */
  type(...keys: readonly string[]): void {
    this.#tmux("send-keys", ...keys);
  }

  /** Writes on the terminal as other programs do, whatever runs there. */
  write(text: string): void {
    writeFileSync(this.#tmux("display-message", "-p", "#{pane_tty}").trim(), text);
  }

  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** What is on the screen and what has left it at the top, without the line breaks of its width. */
  screen(): string {
    return this.#tmux("capture-pane", "-p", "-J", "-S", "-500");
  }

  /** The same in the rows of the terminal, without the empty ones at the end. */
  rows(): string[] {
    return this.#tmux("capture-pane", "-p", "-S", "-500").trimEnd().split("\n");
  }

  /** The screen with the sequences that colour it. */
  colours(): string {
    return this.#tmux("capture-pane", "-p", "-e");
  }

  /** Waits until the screen shows a text. */
  async shows(text: string): Promise<void> {
    await eventually(() => expect(this.screen()).toContain(text));
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync("tmux", ["-S", this.#socket, ...args], { encoding: "utf8" });
  }

  [Symbol.dispose](): void {
    spawnSync("tmux", ["-S", this.#socket, "kill-server"]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
