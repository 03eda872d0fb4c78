import { spawn, type ChildProcess } from "node:child_process";
import { isIP } from "node:net";
import { createInterface } from "node:readline";
import { UnreachableError } from "../errors.js";
import { deferred, unlessAborted, type Deferred } from "../waiting.js";
import { connectAbortError } from "../rpc/abort.js";

/** How a name is resolved. */
export interface ResolveOptions {
  /** A host name, or an address, which is its own answer. */
  readonly host: string;
  readonly signal: AbortSignal;
}

/** The family of an IP address, 4 or 6; 0 for what is none. */
export function familyOf(text: string): number {
  return isIP(text);
}

/**
 * The addresses of a host, in the order in which the system prefers them. Throws an UnreachableError (stage `resolve`), or
 * the abort error of `signal`.
 */
export async function resolveHost({ host, signal }: ResolveOptions): Promise<string[]> {
  if (familyOf(host) !== 0) return [host];
  const child = LookUps.shared();
  const late = (): Error => connectAbortError(signal, "resolve", `the name ${host} was not resolved`);
  try {
    const found = await unlessAborted(signal, child.ask(host), late);
    if (Array.isArray(found)) return found;
    const text = found.code === "ENOTFOUND" ? "is not known" : `cannot be resolved (${found.code})`;
    throw new UnreachableError("resolve", `the name ${host} ${text}`, {
      hint: "check the spelling, use the full name, or give the address with connection.targetIp",
    });
  } finally {
    child.leave();
  }
}

/** The addresses of a name, or why there are none. */
type Found = string[] | { readonly code: string };

/**
 * What the child runs: for each line, a name, the system's own look-up, for which hosts file, nsswitch and search domains hold. It
 * ends with its stdin by force, as it would wait for threads that hang.
 */
const PROGRAM = `
const { lookup } = require("node:dns");
const say = (host, found) => process.stdout.write(JSON.stringify([host, found]) + "\\n");
require("node:readline")
  .createInterface(process.stdin)
  .on("line", (line) => {
    const host = JSON.parse(line);
    lookup(host, { all: true }, (error, found) =>
      say(host, error ? { code: error.code } : found.map(({ address }) => address)));
  })
  .on("close", () => process.kill(process.pid, "SIGKILL"));`;

/** Threads of the child, of which half may look names up at the same time: those of dead names only wait. */
const THREADS = 1024;

/**
 * The look-ups of all who wait for one now. They run in a child that can be killed: in this process each would take one of four
 * threads, for as long as a dead name server likes, and keep the process from its end.
 */
class LookUps {
  static #shared: LookUps | null = null;

  readonly #child: ChildProcess;
  /** What is being looked up: each name once. */
  readonly #asked = new Map<string, Deferred<Found>>();
  #waiting = 0;

  /** The child that runs, or a new one. Who takes it has to `leave`. */
  static shared(): LookUps {
    LookUps.#shared ??= new LookUps();
    LookUps.#shared.#waiting += 1;
    return LookUps.#shared;
  }

  private constructor() {
    const env = { ...plainEnvironment(), UV_THREADPOOL_SIZE: `${THREADS}` };
    const child = spawn(process.execPath, ["-e", PROGRAM], {
      env,
      stdio: ["pipe", "pipe", "ignore"],
      windowsHide: true,
    });
    this.#child = child;
    child.on("error", (error) => this.#failed(error.message));
    child.on("exit", () => this.#failed("its look-up was ended"));
    child.stdin.on("error", () => undefined);
    createInterface(child.stdout).on("line", (line) => {
      const [host, found] = JSON.parse(line) as [string, Found];
      this.#asked.get(host)?.resolve(found);
      this.#asked.delete(host);
    });
  }

  /** Looks a name up, or waits with those who asked for it before. */
  ask(host: string): Promise<Found> {
    let answer = this.#asked.get(host);
    if (answer === undefined) {
      answer = deferred<Found>();
      this.#asked.set(host, answer);
      this.#child.stdin?.write(`${JSON.stringify(host)}\n`);
    }
    return answer.promise;
  }

  /** One who asked wants no answer any more: the last one ends the child. */
  leave(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    this.#retire();
    this.#child.kill("SIGKILL");
  }

  #failed(code: string): void {
    this.#retire();
    for (const answer of this.#asked.values()) answer.resolve({ code });
    this.#asked.clear();
  }

  /** Who asks from now on gets another child. */
  #retire(): void {
    if (LookUps.#shared === this) LookUps.#shared = null;
  }
}

/** Without the settings of Node, which slow the start of a child or change what it does. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("NODE_")));
}
