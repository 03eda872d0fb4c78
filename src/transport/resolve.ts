import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { UnreachableError } from "../errors.js";
import { connectAbortError } from "../rpc/abort.js";

/** How a name is resolved. */
export interface ResolveOptions {
  /** A host name, or an address, which is its own answer. */
  readonly host: string;
  readonly signal: AbortSignal;
}

/**
 * The addresses of a host, in the order in which the system prefers them. Throws an UnreachableError (stage `resolve`), or
 * the abort error of `signal`.
 */
export async function resolveHost({ host, signal }: ResolveOptions): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  let giveUp: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(connectAbortError(signal, "resolve", `the name ${host} was not resolved`));
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
  });
  try {
    return await Promise.race([lookupAll(host), aborted]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

async function lookupAll(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const text = code === "ENOTFOUND" ? "is not known" : `cannot be resolved (${code ?? String(cause)})`;
    throw new UnreachableError("resolve", `the name ${host} ${text}`, {
      cause,
      hint: "check the spelling, use the full name, or give the address with --target-ip",
    });
  }
}
