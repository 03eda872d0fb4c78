import { encodeUtf16 } from "../../bytes/utf16.js";
import type { Secret } from "../identity.js";
import { md4 } from "../crypto/md4.js";

/** The names under which NTLM logs on. */
export interface Account {
  readonly user: string;
  /** Empty for a UPN, and where the server is to find the account by itself. */
  readonly domain: string;
}

/**
 * Splits what a person gives: `DOMAIN\user` wins over a separate domain; a UPN (`user@dns.domain`) stays whole, with
 * an empty domain unless one was given.
 */
export function parseAccount(user: string, domain: string | null): Account {
  const backslash = user.indexOf("\\");
  if (backslash >= 0) return { user: user.slice(backslash + 1), domain: user.slice(0, backslash) };
  return { user, domain: domain ?? "" };
}

/** The account as people write it: `DOMAIN\user`, or what stands without a domain. */
export function formatAccount({ user, domain }: Account): string {
  return domain === "" ? user : `${domain}\\${user}`;
}

/** NTOWFv1: the NT hash of a password, or the one that was given ([MS-NLMP] 3.3.1). 16 bytes. */
export function ntHash(secret: Secret): Uint8Array {
  return secret.kind === "nt-hash" ? secret.hash : md4(encodeUtf16(secret.password));
}

/** Letters that Unicode upper-cases and the tables of Windows leave alone. */
const UNCHANGED = /[\u00b5\u0131\u017f]/;

/**
 * Upper case as Windows has it: one UTF-16 unit becomes one unit (German sharp s stays), or the response of a user with
 * such a letter would not verify.
 */
export function upcase(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charAt(i));
  return units
    .map((unit) => (UNCHANGED.test(unit) || unit.toUpperCase().length !== 1 ? unit : unit.toUpperCase()))
    .join("");
}
