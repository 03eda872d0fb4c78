import { type Attempt, explainFailure, KerberosError } from "./failures.js";
import { type ProgramResult, runProgram } from "./programs.js";

/**
 * Gets a ticket-granting ticket with a password, which goes to kinit's standard input. A UPN whose suffix is no realm, or
 * whose realm does not know it, is asked for as an enterprise name ([RFC 6806] 5); no password has been tried before that.
 * Throws a KerberosError.
 */
export async function logOnWithPassword(
  { principal, upn }: { readonly principal: string; readonly upn: string | null },
  password: string,
  path: string,
  attempt: Attempt,
): Promise<void> {
  const logOn = (...name: readonly string[]): Promise<void> =>
    runKinit(["-c", `FILE:${path}`, ...name], attempt, `${password}\n`);
  try {
    await logOn("--", principal);
  } catch (error) {
    if (upn === null || !isUnknown(error)) throw error;
    await logOn("-E", "--", upn).catch((second: unknown) => {
      throw isUnknown(second) ? error : second;
    });
  }
}

/**
 * Gets a ticket-granting ticket with a key of a keytab: of the attempt's principal, or of the first one that stands in it.
 * Throws a KerberosError.
 */
export async function logOnWithKeytab(keytab: string, path: string, attempt: Attempt): Promise<void> {
  const principal = attempt.principal ?? (await firstPrincipal(keytab, attempt));
  await runKinit(["-k", "-t", keytab, "-c", `FILE:${path}`, "--", principal], { ...attempt, principal });
}

async function runKinit(args: readonly string[], attempt: Attempt, input?: string): Promise<void> {
  const result = await runProgram("kinit", args, attempt, input);
  if (!result.ok) throw explainFailure(messagesOf(result), attempt);
}

function isUnknown(error: unknown): boolean {
  return error instanceof KerberosError && ["unknown-realm", "unknown-account"].includes(error.failure);
}

/** kinit says on its standard output that a password has expired, as it means to ask for a new one there. */
function messagesOf({ stdout, stderr }: ProgramResult): string {
  return `${stderr}\n${stdout}`;
}

async function firstPrincipal(keytab: string, attempt: Attempt): Promise<string> {
  const { stdout, stderr } = await runProgram("klist", ["-k", "--", keytab], attempt);
  const principal = /^ *\d+ +(\S+@\S+)/m.exec(stdout)?.[1];
  if (principal === undefined) throw explainFailure(stderr || "keytab contains no keys", attempt);
  return principal;
}
