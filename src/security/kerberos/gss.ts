import { within } from "../../waiting.js";
import { type Attempt, explainFailure, KerberosError, lateError } from "./failures.js";
import type { Spn } from "./spn.js";

/**
 * The optional npm package `kerberos`, which finds credentials and does the exchange through the system's GSS-API. Tokens
 * are base64. Its wrap and unwrap are not used: they cannot sign headers, and wrap ignores its data.
 */
interface GssPackage {
  readonly GSS_MECH_OID_KRB5: number;
  initializeClient(service: string, options: { flags: number; mechOID: number }): Promise<GssClient>;
}

interface GssClient {
  readonly username: string | null;
  readonly contextComplete: boolean;
  step(challenge: string): Promise<string | null>;
}

/** DCE style with mutual authentication, replay and sequence detection, confidentiality and integrity. */
const GSS_FLAGS = 0x1000 | 2 | 4 | 8 | 0x10 | 0x20;

let loading: Promise<{ default: GssPackage }> | null = null;

/** Loads the package on first use. Throws a KerberosError that says what to install. */
async function loadPackage(attempt: Attempt): Promise<GssPackage> {
  // Not a literal: the package need not be there for compilers and bundlers.
  const name: string = "kerberos";
  try {
    loading ??= import(name) as Promise<{ default: GssPackage }>;
    return (await loading).default;
  } catch (error) {
    throw new KerberosError("not-installed", `Kerberos needs the npm package kerberos (${attempt.spn})`, {
      hint: "npm install kerberos; to build it, it needs the Kerberos headers (Debian: libkrb5-dev) and a C++ compiler",
      cause: error,
    });
  }
}

/** An exchange that has begun: its first token, and what answers the peer's. */
export interface GssExchange {
  /** The AP-REQ. */
  readonly token: Uint8Array;
  /** Takes the AP-REP. Throws a KerberosError when the library does not accept it. */
  finish(token: Uint8Array): Promise<{ token: Uint8Array; user: string | null }>;
}

/**
 * Begins an exchange with a service, with the tickets of `cache` (`FILE:…`). May ask a KDC for the service ticket, which
 * then stands in the cache. Throws a KerberosError.
 */
export async function beginExchange(spn: Spn, cache: string, attempt: Attempt): Promise<GssExchange> {
  const gss = await loadPackage(attempt);
  const options = { flags: GSS_FLAGS, mechOID: gss.GSS_MECH_OID_KRB5 };
  const begun = withCache(cache, async () => {
    try {
      const client = await gss.initializeClient(`${spn.service}@${spn.host}`, options);
      return { client, token: await client.step("") };
    } catch (error) {
      throw explainFailure(messageOf(error), attempt, error);
    }
  });
  // The library may ask one KDC after another; where that takes too long, its call goes on unattended.
  const { client, token } = await within(attempt.patienceMs, begun, () => lateError(attempt));
  return { token: fromBase64(token), finish: (answer) => finishExchange(client, answer, attempt) };
}

async function finishExchange(client: GssClient, answer: Uint8Array, attempt: Attempt) {
  try {
    const token = await client.step(Buffer.from(answer).toString("base64"));
    if (!client.contextComplete) throw new Error("the exchange is not complete after the server's answer");
    return { token: fromBase64(token), user: client.username };
  } catch (error) {
    throw explainFailure(messageOf(error), attempt, error);
  }
}

function fromBase64(token: string | null): Uint8Array {
  return new Uint8Array(Buffer.from(token ?? "", "base64"));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The end of the queue of exchanges: libkrb5 takes the cache's name from the environment of the whole process. */
let lastExchange: Promise<unknown> = Promise.resolve();
/** What the user's own KRB5CCNAME was, while an exchange has replaced it. */
let replaced: { original: string | undefined } | null = null;

/** The user's own KRB5CCNAME, whatever an exchange has put there for the moment. */
export function userCacheName(): string | undefined {
  return replaced === null ? process.env["KRB5CCNAME"] : replaced.original;
}

/** Runs `action` with KRB5CCNAME set, one at a time. */
function withCache<T>(cache: string, action: () => Promise<T>): Promise<T> {
  const run = lastExchange.then(async () => {
    replaced = { original: process.env["KRB5CCNAME"] };
    process.env["KRB5CCNAME"] = cache;
    try {
      return await action();
    } finally {
      if (replaced.original === undefined) delete process.env["KRB5CCNAME"];
      else process.env["KRB5CCNAME"] = replaced.original;
      replaced = null;
    }
  });
  lastExchange = run.catch(() => undefined);
  return run;
}
