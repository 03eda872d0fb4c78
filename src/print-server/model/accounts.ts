/** The account of `DOMAIN\user` or `user@realm`, in lower case: this server takes any domain. */
export function accountName(user: string): string {
  const name = user.slice(user.lastIndexOf("\\") + 1);
  const at = name.lastIndexOf("@");
  return (at > 0 ? name.slice(0, at) : name).toLowerCase();
}

/** Whether two names mean the same account; an unknown user is nobody's equal. */
export function sameAccount(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && accountName(a) === accountName(b);
}
