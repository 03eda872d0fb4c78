import { Worker } from "node:worker_threads";
import { LARGEST_INPUT } from "./mutations.js";

/** Milliseconds after which an input that has not come to an end is taken for one that never does. */
const PATIENCE_MS = 20_000;

/**
 * Runs in a thread of its own, because an endless loop lets nothing else run: looks now and then whether the input changes,
 * and if not saves it, says where, and ends the process.
 */
const THREAD = `
const { mkdtempSync, writeFileSync, writeSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { workerData: { shared, patience, target } } = require("node:worker_threads");
const [running] = [new Int32Array(shared, 0, 2)];
let last = 0;
setInterval(() => {
  const number = Atomics.load(running, 0);
  if (number === 0 || number !== last) return void (last = number);
  const bytes = Buffer.from(new Uint8Array(shared, 8, Atomics.load(running, 1)));
  const file = join(mkdtempSync(join(tmpdir(), "panwatch-hang-")), "input.hex");
  writeFileSync(file, bytes.toString("hex") + "\\n");
  writeSync(2, "\\n" + target + " hangs; the input is in " + file + ": " + bytes.toString("hex", 0, 500) + "\\n");
  process.kill(process.pid, "SIGKILL");
}, patience);
`;

/** Ends this process, with the input told, when one input takes longer than any may. */
export class Watchdog {
  readonly #shared = new SharedArrayBuffer(8 + LARGEST_INPUT);
  readonly #running = new Int32Array(this.#shared, 0, 2);
  readonly #input = new Uint8Array(this.#shared, 8);
  readonly #worker: Worker;
  #count = 0;

  constructor(target: string) {
    const workerData = { shared: this.#shared, patience: PATIENCE_MS, target };
    this.#worker = new Worker(THREAD, { eval: true, workerData });
    this.#worker.unref();
  }

  begin(input: Uint8Array): void {
    this.#input.set(input.subarray(0, LARGEST_INPUT));
    this.#count = (this.#count % 0x7fff_fffe) + 1;
    Atomics.store(this.#running, 1, Math.min(input.length, LARGEST_INPUT));
    Atomics.store(this.#running, 0, this.#count);
  }

  end(): void {
    Atomics.store(this.#running, 0, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}
