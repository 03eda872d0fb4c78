import { splitAccount, splitUpn } from "../../security/account.js";

/** The account of `DOMAIN\user` or `user@realm`, in lower case: this server takes any domain. */
export function accountName(user: string): string {
  return splitUpn(splitAccount(user).user).name.toLowerCase();
}

/** Whether two names mean the same account; an unknown user is nobody's equal. */
export function sameAccount(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && accountName(a) === accountName(b);
}
