import { Option, type Command } from "commander";
import { UsageError } from "../../errors.js";
import type { Account } from "../../security/account.js";
import type { KerberosUse } from "../../security/identity.js";
import type { IdentityOptions } from "../identity.js";
import { parseAccount, refusePassword } from "../target.js";
import { choice, parsed, repeated, text } from "./parsers.js";

/** What commander makes of the identity options. */
export interface IdentityFlags {
  user?: Account;
  domain?: string;
  authFile?: readonly string[];
  passwordFile?: string;
  passwordCommand?: string;
  pwNtHash?: boolean;
  kerberos?: KerberosUse;
  k?: boolean;
  ccache?: string;
  keytab?: string;
  input: boolean;
}

/** Adds the options that say who logs on. */
export function addIdentityOptions(command: Command): Command {
  return command
    .optionsGroup("Identity (the password is asked for, or read from a file or a command):")
    .addOption(parsed("-U, --user <[DOM\\]user>", "log on as this user, or as a UPN (user@realm)", parseUser))
    .addOption(parsed("-W, --domain <name>", "the user's domain or realm", parseDomain))
    .addOption(
      repeated("-A, --auth-file <file>", "username, password, domain as smbclient has them; one per user", text),
    )
    .addOption(parsed("--password-file <file|->", "the password is this file's first line, - is stdin", text))
    .addOption(parsed("--password-command <cmd>", "the password is the first line that this command prints", text))
    .addOption(new Option("--pw-nt-hash", "the secret is an NT hash instead of a password"))
    .addOption(choice("--kerberos <use>", "Kerberos: off, desired (default) or required", KERBEROS_USES))
    .addOption(new Option("-k", "the same as --kerberos required"))
    .addOption(parsed("--ccache <name>", "a credential cache instead of the default one (KRB5CCNAME)", text))
    .addOption(parsed("--keytab <file>", "get the Kerberos ticket from this keytab", text))
    .addOption(new Option("--no-input", "never ask for a password"));
}

const KERBEROS_USES: readonly KerberosUse[] = ["off", "desired", "required"];

/** The identity options with their defaults. Throws a UsageError for what excludes each other. */
export function identityOptions(flags: IdentityFlags): IdentityOptions {
  if (flags.passwordFile !== undefined && flags.passwordCommand !== undefined)
    throw new UsageError("--password-file and --password-command both give a password: leave one of the two out.");
  return {
    account: flags.user ?? null,
    domain: flags.domain ?? null,
    authFiles: flags.authFile ?? [],
    passwordFile: flags.passwordFile ?? null,
    passwordCommand: flags.passwordCommand ?? null,
    ntHash: flags.pwNtHash ?? false,
    kerberos: kerberosUse(flags),
    ccache: flags.ccache ?? null,
    keytab: flags.keytab ?? null,
    mayAsk: flags.input,
  };
}

function kerberosUse(flags: IdentityFlags): KerberosUse {
  if (flags.k && flags.kerberos !== undefined && flags.kerberos !== "required") {
    throw new UsageError(`-k and --kerberos ${flags.kerberos} contradict each other.`);
  }
  const use = flags.k ? "required" : (flags.kerberos ?? "desired");
  if (use === "off" && (flags.ccache !== undefined || flags.keytab !== undefined)) {
    throw new UsageError("--ccache and --keytab are of no use with --kerberos off.");
  }
  if (use === "required" && flags.pwNtHash) {
    throw new UsageError("An NT hash (--pw-nt-hash) gets no Kerberos ticket, which --kerberos required demands.");
  }
  return use;
}

function parseUser(name: string, value: string): Account {
  return parseAccount(value, name);
}

function parseDomain(name: string, value: string): string {
  refusePassword(value, name);
  return text(name, value);
}
