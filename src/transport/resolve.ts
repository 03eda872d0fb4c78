import { execFile } from "node:child_process";
import { isIP } from "node:net";
import { promisify } from "node:util";
import { UnreachableError } from "../errors.js";
import { unlessAborted } from "../waiting.js";
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
  const lookUp = LookUp.of(host);
  try {
    const late = (): Error => connectAbortError(signal, "resolve", `the name ${host} was not resolved`);
    return await unlessAborted(signal, lookUp.addresses, late);
  } finally {
    lookUp.leave();
  }
}

/** What the child runs: the system's own look-up, for which hosts file, nsswitch and search domains hold. */
const PROGRAM = `require("node:dns").lookup(process.argv[1], { all: true }, (error, found) =>
  process.stdout.write(JSON.stringify(error ? { code: error.code } : found.map(({ address }) => address))))`;

/** Look-ups at the same time: each is a process. */
const MOST_AT_ONCE = 16;

/**
 * A look-up of one name, for all who want it at that time. It runs in a child that can be killed: in this process it would take one
 * of four threads, for as long as a dead name server likes, and keep the process from its end.
 */
class LookUp {
  static readonly #running = new Map<string, LookUp>();
  static readonly #queue: (() => void)[] = [];
  static #children = 0;

  readonly addresses: Promise<string[]>;
  readonly #host: string;
  readonly #nobodyWaits = new AbortController();
  #waiting = 0;

  /** The look-up of this name that runs, or a new one. Each who asks has to `leave`. */
  static of(host: string): LookUp {
    const lookUp = LookUp.#running.get(host) ?? new LookUp(host);
    LookUp.#running.set(host, lookUp);
    lookUp.#waiting += 1;
    return lookUp;
  }

  private constructor(host: string) {
    this.#host = host;
    this.addresses = this.#run();
    // Who gave up no longer listens.
    this.addresses.catch(() => undefined);
  }

  /** One who asked wants no answer any more: the last one ends the child. */
  leave(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    if (LookUp.#running.get(this.#host) === this) LookUp.#running.delete(this.#host);
    this.#nobodyWaits.abort();
  }

  async #run(): Promise<string[]> {
    if (LookUp.#children >= MOST_AT_ONCE) await new Promise<void>((resolve) => LookUp.#queue.push(resolve));
    LookUp.#children += 1;
    try {
      return await this.#ask();
    } finally {
      LookUp.#children -= 1;
      LookUp.#queue.shift()?.();
    }
  }

  async #ask(): Promise<string[]> {
    const { signal } = this.#nobodyWaits;
    const options = { signal, killSignal: "SIGKILL", env: plainEnvironment(), windowsHide: true } as const;
    const found = await promisify(execFile)(process.execPath, ["-e", PROGRAM, this.#host], options).then(
      ({ stdout }) => JSON.parse(stdout) as string[] | { code: string },
      (cause: unknown) => ({ code: cause instanceof Error ? cause.message : String(cause) }),
    );
    if (Array.isArray(found)) return found;
    const text = found.code === "ENOTFOUND" ? "is not known" : `cannot be resolved (${found.code})`;
    throw new UnreachableError("resolve", `the name ${this.#host} ${text}`, {
      hint: "check the spelling, use the full name, or give the address with connection.targetIp",
    });
  }
}

/** Without the settings of Node, which slow the start of a child or change what it does. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("NODE_")));
}
