// A program of the bench in a process of its own, which answers requests; and the asking of the operating system about it.
import { execFileSync, fork } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../", import.meta.url);

/** The environment of what is measured: every start would read the extra certificates, and nothing here speaks TLS. */
export const ENVIRONMENT = { ...process.env, NODE_EXTRA_CA_CERTS: "" };
delete ENVIRONMENT.NODE_EXTRA_CA_CERTS;

/** A forked program of this folder; see `serveRequests`. */
export class Child {
  #process;
  #waiting = [];

  constructor(file, ...args) {
    this.#process = fork(fileURLToPath(new URL(file, ROOT)), args.map(String), { env: ENVIRONMENT });
    this.#process.on("message", (answer) => this.#waiting.shift()?.resolve(answer));
    this.#process.on("exit", (code, signal) => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`${file} ended with ${signal ?? code}`));
    });
  }

  get pid() {
    return this.#process.pid;
  }

  /** Calls a handler of the program; answers come in the order of the requests. */
  request(name, ...args) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.send([name, ...args], (error) => error && reject(error));
    });
  }

  end() {
    this.#process.disconnect();
  }
}

/** The child's side: each request calls the handler of that name; what it gives is the answer. Ends with its parent. */
export function serveRequests(handlers) {
  let last = Promise.resolve();
  process.on("message", ([name, ...args]) => {
    last = last.then(async () => process.send((await handlers[name](...args)) ?? null));
  });
  process.on("disconnect", () => process.exit(0));
}

/** Keeps all threads of a process on one core, the last one for clients, the first for what serves them. */
export function pin(pid, role) {
  const cores = availableParallelism();
  if (cores > 1) execFileSync("taskset", ["-a", "-cp", role === "client" ? `${cores - 1}` : "0", `${pid}`]);
}

/** Microseconds of CPU that all threads of a process have used so far. */
export function cpuMicros(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanos = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanos.reduce((sum, value) => sum + value, 0) / 1000;
}

/** A number of /proc/PID/status: `VmRSS` in KiB, `voluntary_ctxt_switches` …. */
export function statusOf(pid, field) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)[1]);
}
