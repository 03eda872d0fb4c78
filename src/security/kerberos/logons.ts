import { explainFailure } from "./failures.js";
import { runProgram } from "./programs.js";

/** Gets a ticket-granting ticket with a password, which goes to kinit's standard input. Throws a KerberosError. */
export async function logOnWithPassword(principal: string, password: string, path: string, spn: string): Promise<void> {
  const { ok, stderr } = await runProgram("kinit", ["-c", `FILE:${path}`, "--", principal], `${password}\n`);
  if (!ok) throw explainFailure(stderr, { spn, principal });
}

/**
 * Gets a ticket-granting ticket with a key of a keytab: of `principal`, or of the first one that stands in it. Throws a
 * KerberosError.
 */
export async function logOnWithKeytab(
  keytab: string,
  principal: string | null,
  path: string,
  spn: string,
): Promise<void> {
  const account = principal ?? (await firstPrincipal(keytab, spn));
  const { ok, stderr } = await runProgram("kinit", ["-k", "-t", keytab, "-c", `FILE:${path}`, "--", account]);
  if (!ok) throw explainFailure(stderr, { spn, principal: account });
}

async function firstPrincipal(keytab: string, spn: string): Promise<string> {
  const { stdout, stderr } = await runProgram("klist", ["-k", "--", keytab]);
  const principal = /^ *\d+ +(\S+@\S+)/m.exec(stdout)?.[1];
  if (principal === undefined) throw explainFailure(stderr || "keytab contains no keys", { spn, principal: null });
  return principal;
}
