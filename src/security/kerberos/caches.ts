import { access, constants } from "node:fs/promises";
import { PanwatchError } from "../../errors.js";
import { readCredentialCache, type CredentialCache } from "./ccache.js";
import { explainFailure, KerberosError, type Attempt } from "./failures.js";
import { userCacheName } from "./gss.js";
import { runProgram } from "./programs.js";
import type { Spn } from "./spn.js";

/** Tickets in a FILE cache that can be read and written. */
export interface Tickets {
  /** The file's path. */
  readonly path: string;
  /** Whose they are: `alice@EXAMPLE.COM`. */
  readonly principal: string;
  /** When the last of them expires, in seconds since 1970. */
  readonly endTime: number;
  /** The name of the cache that gets further tickets: this file, or what it was copied from. */
  readonly cache: string;
}

/** The name of the cache to use: the one given, KRB5CCNAME, or the system's default. */
export async function cacheName(given: string | null, attempt: Attempt): Promise<string> {
  const named = given ?? userCacheName();
  if (named !== undefined && named !== "") return named;
  const { stdout, stderr } = await runProgram("klist", [], attempt).catch(() => ({ stdout: "", stderr: "" }));
  const listed = /^(?:Ticket cache|Credentials cache): *(\S.*)$/m.exec(stdout)?.[1];
  const missing = /filename: (.+)\)/.exec(stderr)?.[1];
  return listed ?? missing ?? `/tmp/krb5cc_${process.getuid?.() ?? 0}`;
}

/** The path of a FILE cache; null for caches that are something else. */
export function cachePath(name: string): string | null {
  const match = /^(?:FILE:|WRFILE:)(.+)$/i.exec(name);
  if (match?.[1] !== undefined) return match[1];
  return /^[A-Za-z]+:/.test(name) ? null : name;
}

/** Looks whether a FILE cache holds tickets that are still good. Throws a KerberosError. */
export async function inspectCache(path: string, attempt: Attempt): Promise<Tickets> {
  const { principal, credentials } = await openCache(path, attempt);
  const endTime = Math.max(0, ...credentials.map((credential) => credential.endTime));
  if (endTime * 1000 <= Date.now()) {
    const text = credentials.length === 0 ? "No credentials cache found" : "Ticket expired";
    throw explainFailure(`${text} in ${path}`, { ...attempt, principal });
  }
  return { path, principal, endTime, cache: `FILE:${path}` };
}

/** Reads a FILE cache. Throws a KerberosError. */
export async function openCache(path: string, attempt: Attempt): Promise<CredentialCache> {
  try {
    return await readCredentialCache(path);
  } catch (error) {
    if (error instanceof PanwatchError)
      throw new KerberosError("refused", `the credential cache ${path} cannot be used: ${error.message}`, {
        hint: "get a new one with kinit",
        cause: error,
      });
    throw explainFailure(`No credentials cache found (filename: ${path})`, attempt, error);
  }
}

/** Whether the exchange can add the service ticket to a file. */
export async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

/**
 * Makes a FILE cache at `path` out of any cache, the service ticket in it ([krb5] kvno --out-cache). Throws a
 * KerberosError.
 */
export async function copyCache(name: string, path: string, spn: Spn, attempt: Attempt): Promise<void> {
  await askForTicket(["-c", name, "--out-cache", `FILE:${path}`], spn, attempt);
}

/**
 * Has kvno put the service ticket into a FILE cache that lacks it. The library could ask the KDC as well, but a call of
 * it cannot be ended, and the process neither, while a KDC does not answer. Without kvno it is left to the library.
 * Throws a KerberosError.
 */
export async function ensureServiceTicket(path: string, spn: Spn, attempt: Attempt): Promise<void> {
  const { credentials } = await openCache(path, attempt);
  const prefix = `${spn.text}@`.toLowerCase();
  const held = credentials.some(
    ({ server, endTime }) => server.toLowerCase().startsWith(prefix) && endTime * 1000 > Date.now(),
  );
  if (held) return;
  await askForTicket(["-c", `FILE:${path}`], spn, attempt).catch((error: unknown) => {
    if (!(error instanceof KerberosError) || error.failure !== "not-installed") throw error;
  });
}

async function askForTicket(caches: readonly string[], { service, host }: Spn, attempt: Attempt): Promise<void> {
  const { ok, stderr } = await runProgram("kvno", ["-q", ...caches, "-S", service, "--", host], attempt);
  if (!ok) throw explainFailure(stderr, attempt);
}
