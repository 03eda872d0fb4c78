import { accessSync, constants } from "node:fs";
import { fromHex } from "../bytes/hex.js";
import { AuthenticationError, fileProblem, UsageError } from "../errors.js";
import { formatAccount, type Account } from "../security/account.js";
import type { Identity, KerberosUse, Secret } from "../security/identity.js";
import { SecretTrial } from "../security/trial.js";
import { readAuthFile, type AuthFile } from "./auth-file.js";
import { passwordOfEnvironment, type PasswordEnvironment } from "./environment.js";
import { runPasswordCommand, splitCommand } from "./password-command.js";
import { readPasswordFile } from "./password-file.js";
import type { Target } from "./target.js";

/** The identity options of the command line, checked for what excludes what. */
export interface IdentityOptions {
  readonly account: Account | null;
  readonly domain: string | null;
  readonly authFiles: readonly string[];
  readonly passwordFile: string | null;
  readonly passwordCommand: string | null;
  /** Whether the secret is an NT hash instead of a password. */
  readonly ntHash: boolean;
  readonly kerberos: KerberosUse;
  readonly ccache: string | null;
  readonly keytab: string | null;
  /** Whether a person may be asked. */
  readonly mayAsk: boolean;
}

/** Who gives passwords when they are needed. */
export interface PasswordSource {
  /** Asks a person, one question at a time; throws an AuthenticationError with the hint where nobody can be asked. */
  readonly ask: (question: string, hint: string) => Promise<string>;
  /** Ends commands that are to print a password. */
  readonly leaving: AbortSignal;
}

/**
 * Gives each TARGET its identity. TARGETs with the same account share one object, so that they can share an association
 * and a person is asked once for each account. Files that options name are read here, at once: a wrong name is told
 * before anything is connected. The environment is read, commands run, and a person asked, only when a secret is needed.
 *
 * A password that comes without a user's name serves the account of the first TARGET only, as it would lock the others.
 */
export async function openIdentities(
  options: IdentityOptions,
  environment: PasswordEnvironment,
  source: PasswordSource,
): Promise<(target: Target) => Identity> {
  const files = await Promise.all(options.authFiles.map(readAuthFile));
  const { passwordFile, passwordCommand: command } = options;
  if (command !== null) splitCommand(command, "--password-command");
  if (options.keytab !== null) requireKeytab(options.keytab);
  const read = passwordFile === null ? null : await readPasswordFile(passwordFile, "--password-file");
  const common = once(async () => {
    if (read !== null) return read;
    if (command !== null) return runPasswordCommand(command, "--password-command", source.leaving);
    return passwordOfEnvironment(environment, source.leaving);
  });
  const identities = new Map<string, Identity>();

  return (target) => {
    const { account, file } = accountOf(target, options, files);
    const key = JSON.stringify([account.domain, account.user]);
    const known = identities.get(key);
    if (known) return known;
    const isFirst = identities.size === 0;
    const inFile = file?.user === null && !isFirst ? null : (file?.password ?? null);
    if (inFile !== null && isFirst) refuseTwoPasswords(options);
    const given = inFile === null && isFirst ? common : () => Promise.resolve(inFile);
    const asked = once(() => askFor(account, options, source.ask));
    const secret = async (mayAsk: boolean): Promise<Secret | null> => {
      const password = (await given()) ?? (mayAsk ? await asked() : null);
      return password === null ? null : toSecret(password, options.ntHash);
    };
    const { kerberos, ccache, keytab } = options;
    const identity = { ...account, secret, kerberos, ccache, keytab, trial: new SecretTrial() };
    identities.set(key, identity);
    return identity;
  };
}

/** A keytab may be of a type of its own, by its prefix; of a file it is told at once that it is not there. */
function requireKeytab(name: string): void {
  const [, type = "FILE", path = name] = /^([A-Za-z]+):(.*)$/s.exec(name) ?? [];
  if (type.toUpperCase() !== "FILE") return;
  try {
    accessSync(path, constants.R_OK);
  } catch (cause) {
    throw new UsageError(`The keytab ${path} cannot be read: ${fileProblem(cause)}.`, { cause });
  }
}

interface MaybeAccount {
  readonly user: string | null;
  readonly domain: string | null;
}

/**
 * The TARGET's own account, then the options', then that of the first file; and the file that serves it. `--domain`
 * completes a user who came without one.
 */
function accountOf(
  target: Target,
  options: IdentityOptions,
  files: readonly AuthFile[],
): { account: MaybeAccount; file: AuthFile | null } {
  const named = target.user === null ? options.account : target;
  const user = named?.user ?? files[0]?.user ?? null;
  const wanted = { user, domain: named?.domain ?? options.domain };
  const file = files.find((one) => serves(one, wanted)) ?? null;
  const domain = wanted.domain ?? file?.domain ?? null;
  return { account: { user, domain: user?.includes("@") ? null : domain }, file };
}

/** Whether a file is for an account: it names the same user, or none, and no other domain. */
function serves(file: AuthFile, { user, domain }: MaybeAccount): boolean {
  const same = (a: string | null, b: string | null): boolean =>
    a === null || b === null || a.toLowerCase() === b.toLowerCase();
  return same(file.user, user) && same(file.domain, domain);
}

function refuseTwoPasswords({ passwordFile, passwordCommand }: IdentityOptions): void {
  if (passwordFile === null && passwordCommand === null) return;
  const option = passwordFile === null ? "--password-command" : "--password-file";
  throw new UsageError(`${option} and the file of --auth-file both give a password.`, {
    hint: "Leave one of the two out.",
  });
}

async function askFor(
  account: MaybeAccount,
  options: IdentityOptions,
  ask: PasswordSource["ask"],
): Promise<string | null> {
  if (account.user === null) return null;
  const name = formatAccount({ user: account.user, domain: account.domain });
  const what = options.ntHash ? "NT hash" : "Password";
  const ticket = options.kerberos === "off" ? "" : ", or get a ticket with kinit";
  const hint = `Use --password-file or --password-command, or an --auth-file for each user${ticket}.`;
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
