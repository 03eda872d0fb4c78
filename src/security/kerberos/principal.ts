import { splitAccount, splitUpn, type Account } from "../account.js";
import type { Identity } from "../identity.js";

/**
 * The Kerberos name of an identity: `alice@EXAMPLE.COM` where it has a DNS domain, `alice` (of the default realm) where it
 * has a NetBIOS domain or none; null where nobody is named.
 */
export function principalOf({ user, domain }: Pick<Identity, "user" | "domain">): string | null {
  if (user === null) return null;
  const { name, realm } = split({ user, domain });
  return realm === null ? name : `${name}@${realm}`;
}

/** The UPN of an identity that has one: its suffix need not be a realm. */
export function upnOf({ user }: Pick<Identity, "user">): string | null {
  return user !== null && suffixed(user) ? user : null;
}

/**
 * Whether a ticket's principal, not escaped, is who the identity asks for; realms are compared only where the identity has
 * one. An enterprise name is a UPN whole before the realm: `alice@example.com@REALM` ([RFC 6806] 5).
 */
export function matchesPrincipal({ user, domain }: Pick<Identity, "user" | "domain">, principal: string): boolean {
  if (user === null) return true;
  const wanted = split({ user, domain });
  const { name, suffix } = splitUpn(principal);
  const same = (a: string): boolean => a.toLowerCase() === name.toLowerCase();
  return (
    (suffixed(user) && same(user)) ||
    (same(wanted.name) && (wanted.realm === null || wanted.realm === suffix?.toUpperCase()))
  );
}

function suffixed(user: string): boolean {
  return splitUpn(user).suffix !== null;
}

/** A principal as libkrb5 writes it, without its escapes: `alice\@example.com@REALM` is an enterprise name. */
export function unescapePrincipal(text: string): string {
  return text.replace(/\\(.)/g, "$1");
}

/** Only a domain with a dot in it can be a realm. */
function split({ user, domain }: Account): { name: string; realm: string | null } {
  const account = splitAccount(user);
  const { name, suffix } = splitUpn(account.user);
  const own = account.domain ?? suffix ?? domain;
  return { name, realm: own?.includes(".") === true ? own.toUpperCase() : null };
}
