import { AuthenticationError, type ErrorDetails } from "../../errors.js";

/** Why Kerberos cannot be used, as far as it decides what to do next. */
export type KerberosFailure =
  /** The npm package or a program of krb5-user is missing. */
  | "not-installed"
  /** There is no ticket, or it has expired. */
  | "no-ticket"
  /** There is a ticket, but not of the account that was named. */
  | "other-account"
  /** No KDC answers, or none is known for the realm. */
  | "no-kdc"
  | "unknown-realm"
  /** The realm does not know the account. */
  | "unknown-account"
  /** A password or the key of a keytab was refused: trying it again may lock the account. */
  | "secret"
  /** The KDC or the server refused something else, which locks no account. */
  | "refused";

/** Kerberos cannot be used, and why. */
export class KerberosError extends AuthenticationError {
  readonly failure: KerberosFailure;

  constructor(failure: KerberosFailure, message: string, details?: ErrorDetails) {
    super(message, details);
    this.failure = failure;
  }

  /** Whether trying the same again may lock the account. */
  get mayLock(): boolean {
    return this.failure === "secret";
  }
}

/** What is tried: for messages about it. */
export interface Attempt {
  /** The service principal name asked for. */
  readonly spn: string;
  /** Whose ticket is used or wanted; null where it is not known. */
  readonly principal: string | null;
  /** How long each step may take, in milliseconds: a KDC may have to be asked, and may not answer. */
  readonly patienceMs: number;
  /** Ends the programs that are run. */
  readonly signal?: AbortSignal | undefined;
  /** Told of the programs that are run. */
  readonly note?: ((text: string) => void) | undefined;
}

/** A text of libkrb5 or its programs that is recognised, and what people make of it. `$1` is its first group. */
interface KnownText {
  readonly text: RegExp;
  readonly failure: KerberosFailure;
  readonly problem: string;
  readonly hint: string;
}

const KDC_HINT = "check the network, DNS and the realm's kdc in krb5.conf (KRB5_CONFIG)";

const KNOWN_TEXTS: readonly KnownText[] = [
  {
    text: /no kerberos credentials available|no credentials? cache|credentials cache .*not found|matching credential not found|can't find client principal/i,
    failure: "no-ticket",
    problem: "there is no Kerberos ticket",
    hint: "get one with kinit, or name where it is with the option ccache or KRB5CCNAME",
  },
  {
    text: /ticket expired|credential has expired|credentials? cache .*expired/i,
    failure: "no-ticket",
    problem: "the Kerberos ticket has expired",
    hint: "get a new one with kinit",
  },
  {
    text: /cannot contact any kdc for realm ["']?([^\s"']+)/i,
    failure: "no-kdc",
    problem: "no key distribution centre (KDC) answers for the realm $1",
    hint: KDC_HINT,
  },
  {
    text: /cannot find kdc for realm ["']?([^\s"']+)/i,
    failure: "unknown-realm",
    problem: "no key distribution centre (KDC) is known for the realm $1",
    hint: KDC_HINT,
  },
  {
    text: /client ["']?([^\s"']*)["']? not found in kerberos database/i,
    failure: "unknown-account",
    problem: "the domain does not know the account $1",
    hint: "check the user's name and realm; the realm is written in capitals",
  },
  {
    text: /server .*not found in kerberos database/i,
    failure: "refused",
    problem: "the domain does not know the print server under this name",
    hint: "use the server's full name (not an alias, short name or address), or give its principal with connection.spn",
  },
  {
    text: /clock skew too great/i,
    failure: "refused",
    problem: "the clocks of this machine and the domain differ by more than five minutes",
    hint: "set the clock (NTP)",
  },
  {
    text: /ticket (?:is )?not yet valid/i,
    failure: "refused",
    problem: "the Kerberos ticket is not yet valid by this machine's clock",
    hint: "compare the clocks of this machine and the domain (NTP)",
  },
  {
    text: /password incorrect|preauthentication failed/i,
    failure: "secret",
    problem: "the domain refused the password",
    hint: "check user, realm and password; nothing was retried, so as not to lock the account",
  },
  {
    text: /password (?:has )?expired|password change/i,
    failure: "secret",
    problem: "the password has expired",
    hint: "change it with kpasswd, or on a Windows machine",
  },
  {
    text: /credentials have been revoked/i,
    failure: "secret",
    problem: "the account is disabled, locked or expired",
    hint: "ask an administrator of the domain",
  },
  {
    text: /key table file .*not found|keytab .*not found|no suitable keys|keytab contains no/i,
    failure: "refused",
    problem: "the keytab is not there or holds no key of this account",
    hint: "look with klist -k, and name the account with the option user",
  },
  {
    text: /cannot find a default realm|does not specify default realm|configuration file/i,
    failure: "no-ticket",
    problem: "Kerberos does not know its realm",
    hint: "set default_realm in krb5.conf, or write the user as user@REALM",
  },
  {
    text: /no support for encryption type|encryption type .*not (?:permitted|supported)/i,
    failure: "refused",
    problem: "this machine and the domain have no encryption type in common",
    hint: "see permitted_enctypes in krb5.conf; panwatch knows AES (SHA-1) and RC4",
  },
];

/** Makes the error for a text of libkrb5, of kinit or of kvno; of several lines, the first is quoted. */
export function explainFailure(text: string, attempt: Attempt, cause?: unknown): KerberosError {
  const line = firstLine(text);
  for (const known of KNOWN_TEXTS) {
    const match = known.text.exec(text);
    if (match === null) continue;
    const problem = known.problem.replace("$1", match[1] ?? "");
    return new KerberosError(known.failure, `${problem} (${describe(attempt)}: ${line})`, { hint: known.hint, cause });
  }
  return new KerberosError("refused", `Kerberos failed (${describe(attempt)}: ${line})`, {
    hint: "KRB5_TRACE=/dev/stderr shows what Kerberos does",
    cause,
  });
}

/** The error for a KDC that lets us wait. */
export function lateError(attempt: Attempt): KerberosError {
  const seconds = attempt.patienceMs / 1000;
  return new KerberosError("no-kdc", `Kerberos gave no answer in ${seconds} s (${describe(attempt)})`, {
    hint: "check the network and the realm's kdc in krb5.conf (KRB5_CONFIG); away from the domain, use kerberos: 'off'",
  });
}

/** The error for a KRB-ERROR that the server answered with ([RFC 4120] 7.5.9). */
export function explainKrbError(code: number, attempt: Attempt): KerberosError {
  const [problem, hint] = KRB_ERRORS.get(code) ?? ["the server refused the Kerberos ticket", "look at its event log"];
  return new KerberosError("refused", `${problem} (${describe(attempt)}: error ${code})`, { hint });
}

const WRONG_KEY = "the server cannot read the Kerberos ticket: it belongs to another account";
const WRONG_KEY_HINT =
  "check for a duplicate or wrong service principal name (setspn -Q), or give the right one with connection.spn";

const KRB_ERRORS = new Map<number, readonly [problem: string, hint: string]>([
  [31, [WRONG_KEY, WRONG_KEY_HINT]],
  [32, ["the server holds the Kerberos ticket for expired", "get a new one with kinit, and compare the clocks"]],
  [33, ["the server holds the Kerberos ticket for not yet valid", "compare the clocks"]],
  [35, [WRONG_KEY, WRONG_KEY_HINT]],
  [37, ["the server's clock differs from the domain's by more than five minutes", "set the clocks (NTP)"]],
  [41, [WRONG_KEY, WRONG_KEY_HINT]],
  [44, [WRONG_KEY, "its password has changed: run kdestroy and kinit to drop old tickets"]],
]);

function describe({ spn, principal }: Attempt): string {
  return principal === null ? `for ${spn}` : `${principal} for ${spn}`;
}

function firstLine(text: string): string {
  return text.trim().split(/\r?\n/)[0] ?? "";
}
