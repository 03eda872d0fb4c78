import type { SecretTrial } from "./trial.js";

/** Who logs on, and with what. The command and the library fill it in; mechanisms take what they need from it. */

/** What proves the identity: a password, or the NT hash of one (16 bytes). Never logged, traced or printed. */
export type Secret =
  { readonly kind: "password"; readonly password: string } | { readonly kind: "nt-hash"; readonly hash: Uint8Array };

/** Whether Kerberos is tried: never, first with NTLM as the way out, or as the only mechanism. */
export type KerberosUse = "off" | "desired" | "required";

export interface Identity {
  /** The account's name, or a UPN; null to take it from the Kerberos ticket. */
  readonly user: string | null;
  /** The account's domain as the user gave it; null where none was given. */
  readonly domain: string | null;
  /**
   * The secret, asked for only when it is needed; null when there is none. Whoever implements it asks once and remembers. A
   * person may be asked for it only where `mayAsk` says so.
   */
  readonly secret: (mayAsk: boolean) => Promise<Secret | null>;
  /** What came of using the secret: one for each account, shared by whatever logs on with it. */
  readonly trial: SecretTrial;
  readonly kerberos: KerberosUse;
  /** A credential cache instead of the default one (`FILE:…`, `KCM:…`, a path). */
  readonly ccache: string | null;
  /** A keytab to log on from. */
  readonly keytab: string | null;
}
