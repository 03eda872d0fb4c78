import type { Identity, KerberosUse, Secret } from "../security/identity.js";
import { SecretTrial } from "../security/trial.js";

/** Who logs on, and with what; without a user it is the Kerberos ticket at hand. */
export interface Credentials {
  /** The account's name, or a UPN. */
  readonly user?: string | undefined;
  readonly domain?: string | undefined;
  readonly password?: string | undefined;
  /** The NT hash of the password (16 bytes) instead of it. */
  readonly ntHash?: Uint8Array | undefined;
  /** Whether Kerberos is tried: `desired` when absent, with NTLM as the way out. */
  readonly kerberos?: KerberosUse | undefined;
  /** A credential cache instead of the default one (`FILE:…`, `KCM:…`, a path). */
  readonly ccache?: string | undefined;
  /** A keytab to log on from. */
  readonly keytab?: string | undefined;
}

/** The identity that these credentials make. What becomes of its secret is its own, so one identity serves all who share it. */
export function identityOf(credentials: Credentials): Identity {
  const { user = null, domain = null, kerberos = "desired", ccache = null, keytab = null } = credentials;
  const secret = (): Promise<Secret | null> => Promise.resolve(secretOf(credentials));
  return { user, domain, kerberos, ccache, keytab, secret, trial: new SecretTrial() };
}

function secretOf({ password, ntHash }: Credentials): Secret | null {
  if (ntHash !== undefined) return { kind: "nt-hash", hash: ntHash };
  return password === undefined ? null : { kind: "password", password };
}
