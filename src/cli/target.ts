import { UsageError } from "../errors.js";
import { splitAccount, type Account } from "../security/account.js";
import { PrinterNameError } from "./exit-codes.js";

/** What a TARGET of the command line names. */
export interface Target {
  /** As it was typed; holds no secret. */
  readonly text: string;
  readonly domain: string | null;
  readonly user: string | null;
  /** A host name, or an IP address without brackets. */
  readonly server: string;
  /** The printer's name as it is; null for the whole server. */
  readonly printer: string | null;
}

const FORMS = "[[DOMAIN/]user@]server[/printer], //server/printer or \\\\server\\printer";

/**
 * Reads a TARGET: `[[DOMAIN/]user@]server[/printer]`, `//server/printer` or `\\server\printer`. In the first form the
 * identity ends at the last `@`. Throws a UsageError; a PrinterNameError for a printer that no server can have.
 */
export function parseTarget(text: string): Target {
  if (text === "") throw new UsageError("A TARGET is empty.", { hint: `Write it as ${FORMS}.` });
  if (text.startsWith("//") || text.startsWith("\\\\")) {
    return { text, domain: null, user: null, ...parsePlace(text.slice(2), text.charAt(0)) };
  }
  if (text.startsWith("\\")) {
    throw new UsageError("A TARGET begins with a single backslash.", {
      hint: "The shell takes backslashes away: write //server/printer, or put '\\\\server\\printer' in quotes.",
    });
  }
  const at = text.lastIndexOf("@");
  if (at < 0) return { text, domain: null, user: null, ...parsePlace(text, "/") };
  return { text, ...parseAccount(text.slice(0, at), "A TARGET's identity"), ...parsePlace(text.slice(at + 1), "/") };
}

/**
 * Reads `user`, `DOMAIN/user`, `DOMAIN\user` or a UPN (`user@realm`, kept whole). What looks like a password behind the
 * name is refused without being repeated. Throws a UsageError; `what` says where the account stood.
 */
export function parseAccount(text: string, what: string): Account {
  refusePassword(text, what);
  const { user, domain } = splitAccount(text);
  if (user === "" || domain === "" || splitAccount(user).domain !== null) {
    throw new UsageError(`${what} is no account: it is written [DOMAIN/]user, or user@realm.`, {
      hint: "In a TARGET it ends at the last '@'; for a printer name that holds one, write //server/printer.",
    });
  }
  return { domain, user };
}

const PASSWORD_ADVICE =
  "Let panwatch ask for it, or use --password-file, --password-command, --auth-file or PANWATCH_PASSWORD_FILE.";

/** Refuses `user%password` and `user:password`. Throws a UsageError that does not repeat the text. */
export function refusePassword(text: string, what: string): void {
  if (/[%:]/.test(text)) {
    throw new UsageError(`${what} seems to hold a password, which other users could see on the command line.`, {
      hint: PASSWORD_ADVICE,
    });
  }
}

/** Refuses an option that other programs take a password with. Never repeats its value. */
export function passwordOptionError(option: string): UsageError {
  return new UsageError(`There is no ${option}: other users could see a password on the command line.`, {
    hint: PASSWORD_ADVICE,
  });
}

function parsePlace(text: string, separator: string): Pick<Target, "server" | "printer"> {
  const { server, rest } = text.startsWith("[") ? splitBracketed(text) : splitPlain(text, separator);
  if (rest !== "" && !rest.startsWith(separator)) {
    throw new UsageError("Between the ']' of a TARGET's IPv6 address and its printer belongs a '/'.");
  }
  return { server, printer: parsePrinter(rest.slice(1)) };
}

function splitBracketed(text: string): { server: string; rest: string } {
  const end = text.indexOf("]");
  const address = text.slice(1, end < 0 ? undefined : end);
  if (end < 0 || !/^[0-9a-f:]*:[0-9a-f:.]*(%[0-9a-z._-]+)?$/i.test(address)) {
    throw new UsageError("The brackets of a TARGET hold no IPv6 address.", { hint: "For instance [fd00::1]/printer." });
  }
  return { server: address, rest: text.slice(end + 1) };
}

function splitPlain(text: string, separator: string): { server: string; rest: string } {
  const end = text.indexOf(separator);
  const server = end < 0 ? text : text.slice(0, end);
  if (server === "") throw new UsageError("A TARGET names no server.", { hint: `Write it as ${FORMS}.` });
  if (/[%:]/.test(server)) {
    throw new UsageError("The server of a TARGET holds a ':' or '%', as a port, an IPv6 address or a password would.", {
      hint: `A port goes to --port, an IPv6 address in brackets. ${PASSWORD_ADVICE}`,
    });
  }
  if (server.includes("@")) {
    throw new UsageError("A TARGET that begins with // or \\\\ holds no identity.", {
      hint: "Give it with --user, or write [[DOMAIN/]user@]server[/printer].",
    });
  }
  if (/[\x00-\x20\x7f\\/,]/.test(server)) {
    throw new UsageError("The server of a TARGET holds a character that no host name has.", {
      hint: `Write it as ${FORMS}.`,
    });
  }
  return { server, rest: text.slice(server.length) };
}

/** [MS-RPRN] 2.2.4.14: a printer name holds no backslash and no comma. */
function parsePrinter(text: string): string | null {
  if (/[\\,]/.test(text)) {
    throw new PrinterNameError("A printer name holds no '\\' and no ',', so there cannot be such a printer.", {
      hint: "Give the name under which the server shares the printer, after the server's '/'.",
    });
  }
  return text === "" ? null : text;
}
