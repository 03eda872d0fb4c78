import { processIdIn, Scripts } from "../../cli/programs/scripts.js";

/** A reply program that says with its process id that it runs, and answers when it is told to. */
export class SlowProgram implements Disposable {
  readonly #scripts = new Scripts();
  readonly path = this.#scripts.sh(
    "slow",
    `echo $$ > ${this.#scripts.path("pid")}
     while [ ! -e ${this.#scripts.path("go")} ]; do sleep 0.02; done
     echo IDOK`,
  );

  /** Waits until it runs, and gives its process id. */
  runs(): Promise<number> {
    return processIdIn(this.#scripts.path("pid"));
  }

  answer(): void {
    this.#scripts.file("go", "");
  }

  [Symbol.dispose](): void {
    this.#scripts[Symbol.dispose]();
  }
}
