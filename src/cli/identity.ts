import { fromHex } from "../bytes/hex.js";
import { AuthenticationError, UsageError } from "../errors.js";
import { formatAccount, type Account } from "../security/account.js";
import type { Identity, KerberosUse, Secret } from "../security/identity.js";
import { SecretTrial } from "../security/trial.js";
import { readAuthFile, type AuthFile } from "./auth-file.js";
import type { PasswordEnvironment } from "./environment.js";
import { readPasswordFile } from "./password-file.js";
import type { Target } from "./target.js";

/** The identity options of the command line, checked for what excludes what. */
export interface IdentityOptions {
  readonly account: Account | null;
  readonly domain: string | null;
  readonly authFile: string | null;
  readonly passwordFile: string | null;
  /** Whether the secret is an NT hash instead of a password. */
  readonly ntHash: boolean;
  readonly kerberos: KerberosUse;
  readonly ccache: string | null;
  readonly keytab: string | null;
  /** Whether a person may be asked. */
  readonly mayAsk: boolean;
}

/** Asks a person for a password; throws an AuthenticationError with the hint where nobody can be asked. */
export type AskPassword = (question: string, hint: string) => Promise<string>;

/**
 * Gives each TARGET its identity. TARGETs with the same account share one object, so that they can share an association
 * and a person is asked once for each account. Files that options name are read here, at once: a wrong name is told
 * before anything is connected. The environment is read, and a person asked, only when a secret is needed.
 */
export async function openIdentities(
  options: IdentityOptions,
  environment: PasswordEnvironment,
  ask: AskPassword,
): Promise<(target: Target) => Identity> {
  const file = options.authFile === null ? null : await readAuthFile(options.authFile);
  const given = await passwordOfOptions(options, file);
  const common = once(async () => given ?? (await passwordOfEnvironment(environment)));
  const identities = new Map<string, Identity>();
  let asking: Promise<unknown> = Promise.resolve();
  const askInTurn: AskPassword = (question, hint) => {
    const answer = asking.then(() => ask(question, hint));
    asking = answer.catch(() => undefined);
    return answer;
  };

  return (target) => {
    const account = accountOf(target, options, file);
    const key = JSON.stringify([account.domain, account.user]);
    const known = identities.get(key);
    if (known) return known;
    const asked = once(() => askFor(account, options, askInTurn));
    const secret = async (mayAsk: boolean): Promise<Secret | null> => {
      const password = (await common()) ?? (mayAsk ? await asked() : null);
      return password === null ? null : toSecret(password, options.ntHash);
    };
    const { kerberos, ccache, keytab } = options;
    const identity = { ...account, secret, kerberos, ccache, keytab, trial: new SecretTrial() };
    identities.set(key, identity);
    return identity;
  };
}

interface MaybeAccount {
  readonly user: string | null;
  readonly domain: string | null;
}

/** The TARGET's own account, then the options', then the file's. `--domain` completes a user who came without one. */
function accountOf(target: Target, options: IdentityOptions, file: AuthFile | null): MaybeAccount {
  const named = target.user === null ? options.account : target;
  const user = named?.user ?? file?.user ?? null;
  const domain = named?.domain ?? options.domain ?? file?.domain ?? null;
  return { user, domain: user?.includes("@") ? null : domain };
}

async function passwordOfOptions(options: IdentityOptions, file: AuthFile | null): Promise<string | null> {
  if (options.passwordFile === null) return file?.password ?? null;
  if (file !== null && file.password !== null) {
    throw new UsageError("--password-file and the file of --auth-file both hold a password.", {
      hint: "Leave one of the two out.",
    });
  }
  return readPasswordFile(options.passwordFile, "--password-file");
}

async function passwordOfEnvironment(environment: PasswordEnvironment): Promise<string | null> {
  if (environment.passwordFile === null) return environment.password();
  return readPasswordFile(environment.passwordFile, "PANWATCH_PASSWORD_FILE");
}

async function askFor(account: MaybeAccount, options: IdentityOptions, ask: AskPassword): Promise<string | null> {
  if (account.user === null) return null;
  const name = formatAccount({ user: account.user, domain: account.domain });
  const what = options.ntHash ? "NT hash" : "Password";
  const ticket = options.kerberos === "off" ? "" : ", or get a ticket with kinit";
  const hint = `Use --password-file, --auth-file, PANWATCH_PASSWORD_FILE or PANWATCH_PASSWORD${ticket}.`;
  if (!options.mayAsk) {
    throw new AuthenticationError(`A password for ${name} is needed, and --no-input forbids to ask for it.`, { hint });
  }
  return ask(`${what} of ${name}: `, hint);
}

function toSecret(text: string, ntHash: boolean): Secret {
  if (!ntHash) return { kind: "password", password: text };
  const digits = /^(?:[0-9a-f]{32}:)?([0-9a-f]{32})$/i.exec(text.trim())?.[1];
  if (digits === undefined) {
    throw new UsageError("--pw-nt-hash wants an NT hash of 32 hexadecimal digits (or LM:NT) in place of the password.");
  }
  return { kind: "nt-hash", hash: fromHex(digits) };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}
