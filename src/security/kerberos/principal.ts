import type { Identity } from "../identity.js";

/**
 * The Kerberos name of an identity: `alice@EXAMPLE.COM` where it has a DNS domain, `alice` (of the default realm) where it
 * has a NetBIOS domain or none; null where nobody is named.
 */
export function principalOf({ user, domain }: Pick<Identity, "user" | "domain">): string | null {
  if (user === null) return null;
  const { name, realm } = split(user, domain);
  return realm === null ? name : `${name}@${realm}`;
}

/** Whether a ticket's principal is who the identity asks for; realms are compared only where the identity has one. */
export function matchesPrincipal(identity: Pick<Identity, "user" | "domain">, principal: string): boolean {
  if (identity.user === null) return true;
  const wanted = split(identity.user, identity.domain);
  const at = principal.lastIndexOf("@");
  const sameName = wanted.name.toLowerCase() === principal.slice(0, at).toLowerCase();
  return sameName && (wanted.realm === null || wanted.realm === principal.slice(at + 1).toUpperCase());
}

/** `user` may be `name`, `DOMAIN\name` or `name@domain`. Only a domain with a dot in it can be a realm. */
function split(user: string, domain: string | null): { name: string; realm: string | null } {
  const backslash = user.indexOf("\\");
  const at = user.lastIndexOf("@");
  const [name, own] =
    backslash >= 0
      ? [user.slice(backslash + 1), user.slice(0, backslash)]
      : at > 0
        ? [user.slice(0, at), user.slice(at + 1)]
        : [user, domain];
  return { name, realm: own?.includes(".") === true ? own.toUpperCase() : null };
}
