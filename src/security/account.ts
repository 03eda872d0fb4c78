/** An account as people name it. */
export interface Account {
  /** The account's name, or a UPN (`user@dns.domain`), which stays whole. */
  readonly user: string;
  /** Null where none is named. */
  readonly domain: string | null;
}

/** Splits `DOMAIN\user` or `DOMAIN/user`: no account's name holds either sign. */
export function splitAccount(text: string): Account {
  const at = text.search(/[\\/]/);
  return at < 0 ? { user: text, domain: null } : { user: text.slice(at + 1), domain: text.slice(0, at) };
}

/** Splits a UPN or a principal at its last `@`; the suffix is null where there is none. */
export function splitUpn(text: string): { readonly name: string; readonly suffix: string | null } {
  const at = text.lastIndexOf("@");
  return at <= 0 ? { name: text, suffix: null } : { name: text.slice(0, at), suffix: text.slice(at + 1) };
}

/** The account as people write it: `DOMAIN\user`, or the name alone. */
export function formatAccount({ user, domain }: Account): string {
  return domain === null || domain === "" ? user : `${domain}\\${user}`;
}
