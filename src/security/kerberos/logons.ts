import { type Attempt, explainFailure } from "./failures.js";
import { runProgram } from "./programs.js";

/** Gets a ticket-granting ticket with a password, which goes to kinit's standard input. Throws a KerberosError. */
export async function logOnWithPassword(
  principal: string,
  password: string,
  path: string,
  attempt: Attempt,
): Promise<void> {
  const args = ["-c", `FILE:${path}`, "--", principal];
  const { ok, stderr } = await runProgram("kinit", args, attempt, `${password}\n`);
  if (!ok) throw explainFailure(stderr, attempt);
}

/**
 * Gets a ticket-granting ticket with a key of a keytab: of the attempt's principal, or of the first one that stands in it.
 * Throws a KerberosError.
 */
export async function logOnWithKeytab(keytab: string, path: string, attempt: Attempt): Promise<void> {
  const principal = attempt.principal ?? (await firstPrincipal(keytab, attempt));
  const args = ["-k", "-t", keytab, "-c", `FILE:${path}`, "--", principal];
  const { ok, stderr } = await runProgram("kinit", args, attempt);
  if (!ok) throw explainFailure(stderr, { ...attempt, principal });
}

async function firstPrincipal(keytab: string, attempt: Attempt): Promise<string> {
  const { stdout, stderr } = await runProgram("klist", ["-k", "--", keytab], attempt);
  const principal = /^ *\d+ +(\S+@\S+)/m.exec(stdout)?.[1];
  if (principal === undefined) throw explainFailure(stderr || "keytab contains no keys", attempt);
  return principal;
}
