import { existsSync, readFileSync } from "node:fs";
import { expect, vi } from "vitest";
import { Scripts } from "../../cli/programs/scripts.js";

/** A reply program that says with its process id that it runs, and answers when it is told to. */
export class SlowProgram implements Disposable {
  readonly #scripts = new Scripts();
  readonly path = this.#scripts.sh(
    "slow",
    `echo $$ > ${this.#scripts.path("new")}; mv ${this.#scripts.path("new")} ${this.#scripts.path("pid")}
     while [ ! -e ${this.#scripts.path("go")} ]; do sleep 0.02; done
     echo IDOK`,
  );

  /** Waits until it runs, and gives its process id. */
  async runs(): Promise<number> {
    const pid = this.#scripts.path("pid");
    await vi.waitFor(
      () => {
        expect(existsSync(pid)).toBe(true);
      },
      { timeout: 20_000, interval: 20 },
    );
    return Number(readFileSync(pid, "utf8"));
  }

  answer(): void {
    this.#scripts.file("go", "");
  }

  [Symbol.dispose](): void {
    this.#scripts[Symbol.dispose]();
  }
}
