import { randomBytes } from "node:crypto";
import { UsageError } from "../../errors.js";
import { splitAccount } from "../../security/account.js";
import { passwordOfEnvironment, type PasswordEnvironment } from "../environment.js";
import { readPasswordFile } from "../password-file.js";

/** An account of the server, as the command line names it. */
export interface ServeAccount {
  /** As it was given, with its domain. */
  readonly shown: string;
  /** Without the domain: any will do. */
  readonly name: string;
  readonly password: string;
  /** Whether the password was made here, and so has to be told. */
  readonly made: boolean;
}

/** The account that is there when none is asked for. */
const DEFAULT_NAME = "panwatch";

/**
 * The accounts: the n-th --user has the n-th --password-file. Without any file the environment's password is for all. Without
 * --user there is one account with a new password.
 */
export async function openAccounts(
  users: readonly string[],
  passwordFiles: readonly string[],
  environment: PasswordEnvironment,
  leaving: AbortSignal,
): Promise<readonly ServeAccount[]> {
  if (users.length === 0 && passwordFiles.length === 0)
    return [{ shown: DEFAULT_NAME, name: DEFAULT_NAME, password: randomBytes(12).toString("base64url"), made: true }];
  const passwords = await passwordsFor(users, passwordFiles, environment, leaving);
  return users.map((shown, i) => ({ shown, name: nameOf(shown), password: passwords[i] ?? "", made: false }));
}

async function passwordsFor(
  users: readonly string[],
  files: readonly string[],
  environment: PasswordEnvironment,
  leaving: AbortSignal,
): Promise<readonly string[]> {
  if (files.length === users.length) {
    const passwords: string[] = [];
    for (const file of files) passwords.push(await readPasswordFile(file, "--password-file"));
    return passwords;
  }
  const common = files.length === 0 ? await passwordOfEnvironment(environment, leaving) : null;
  if (common === null)
    throw new UsageError("Every --user needs a --password-file of its own.", {
      hint: "Give --user NAME --password-file FILE, as often as there are users; PANWATCH_PASSWORD does for all of them.",
    });
  return users.map(() => common);
}

function nameOf(user: string): string {
  const name = splitAccount(user).user;
  if (name === "" || /[%:]/.test(user)) throw new UsageError("--user takes [DOMAIN\\]NAME, without a password.");
  return name;
}
