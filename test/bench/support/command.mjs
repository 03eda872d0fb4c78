// A running `panwatch watch -o json`: its lines are counted as they come, and seldom looked into.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ENVIRONMENT } from "./child.mjs";

export const PANWATCH = fileURLToPath(new URL("../../../bin/panwatch.js", import.meta.url));
export const USER = "bench";
export const PASSWORD = "bench";

/** How a watch of the bench's server logs on. */
export function logonArguments(port) {
  return ["--port", String(port), "-U", USER, "--kerberos", "off", "--no-input"];
}

export class Watch {
  #process;
  #ended;
  #stderr = "";
  #count = 0;
  #waiting = [];
  #onLine = null;

  /** `targets` and further arguments; `onLine` gets the bytes of each line, which takes time of its own. */
  constructor(port, args, onLine = null) {
    const all = [PANWATCH, "watch", ...logonArguments(port), "-o", "json", "-q", ...args];
    const env = { ...ENVIRONMENT, PANWATCH_PASSWORD: PASSWORD };
    this.#process = spawn(process.execPath, all, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#onLine = onLine;
    this.#process.stdout.on("data", (chunk) => this.#take(chunk));
    this.#process.stderr.on("data", (text) => (this.#stderr += text));
    this.#ended = once(this.#process, "close");
    void this.#ended.then(() => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`panwatch ended early: ${this.#stderr}`));
    });
  }

  get pid() {
    return this.#process.pid;
  }

  /** Lines that have come. */
  get lines() {
    return this.#count;
  }

  /** Waits until so many lines have come in all. */
  async until(count) {
    if (this.#count < count) await new Promise((resolve, reject) => this.#waiting.push({ count, resolve, reject }));
  }

  async end() {
    this.#process.kill("SIGTERM");
    await this.#ended;
  }

  #take(chunk) {
    let begun = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, begun)) {
      this.#count += 1;
      this.#onLine?.(chunk.subarray(begun, end));
      begun = end + 1;
    }
    const ready = this.#waiting.filter(({ count }) => count <= this.#count);
    this.#waiting = this.#waiting.filter(({ count }) => count > this.#count);
    for (const { resolve } of ready) resolve();
  }
}
