/**
 * What RPC sees of security, whichever mechanism is behind it: a few tokens to exchange, then the protection of
 * fragments. RPC knows no mechanism, mechanisms know no RPC ([MS-RPCE] 3.3.1.5.2).
 */

/** `auth_level` values that a client of this protocol may use ([MS-PAN] 2.1, [MS-RPCE] 2.2.1.1.8). */
export const AUTH_LEVELS = { packet: 4, integrity: 5, privacy: 6 } as const;
export type AuthLevel = keyof typeof AUTH_LEVELS;

export type MechanismName = "NTLM" | "Kerberos";

/** A fragment that is to be signed and sealed: the whole PDU but for the token, final lengths in place. */
export interface Fragment {
  /** Header, body, padding and sec_trailer. Sealing and unsealing happen in place. */
  readonly bytes: Uint8Array;
  /** Where stub, verification trailer and padding begin and end: what privacy seals. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** How a connection protects its fragments, fixed when it is bound. */
export interface ProtectionOptions {
  readonly level: AuthLevel;
  /** Whether both sides agreed on PFC_SUPPORT_HEADER_SIGN ([MS-RPCE] 3.3.1.5.2.2). */
  readonly headerSigning: boolean;
}

/**
 * Signs and seals fragments, one sequence number per fragment and direction. `wrap` must be followed by writing the
 * fragment before the next `wrap`; fragments must be unwrapped in the order in which they arrived.
 */
export interface MessageProtection {
  /** Bytes of the token (auth_length) for a body of `bodyLength` bytes; needed before the header can be signed. */
  tokenLength(bodyLength: number): number;
  /** Seals the body in place (at privacy level) and returns the token. */
  wrap(fragment: Fragment): Uint8Array;
  /** Verifies the token and unseals the body in place. Throws an IntegrityError; the connection must end then. */
  unwrap(fragment: Fragment, token: Uint8Array): void;
}

/** One leg of an authentication exchange. */
export interface SecurityStep {
  /** What to send to the peer; null when there is nothing to send. */
  readonly token: Uint8Array | null;
  /** Whether this side is satisfied and awaits no further token. */
  readonly done: boolean;
}

/**
 * What a server can judge of the tokens that were given out: nothing yet, a Kerberos ticket, or what proves a password (NTLM's
 * AUTHENTICATE). A refusal after the last one may count towards the lock-out of the account.
 */
export type Proof = "none" | "ticket" | "password";

/** The security of one connection. `step` throws an AuthenticationError when the logon failed. */
export interface SecurityContext {
  /** auth_type of the sec_trailer: 9 for SPNEGO ([MS-RPCE] 2.2.1.1.7). */
  readonly authType: number;
  /** Takes the peer's token (null at the initiator's first leg) and gives the answer. */
  step(token: Uint8Array | null): Promise<SecurityStep>;
  /** The protection of fragments; only after a step said done. */
  protect(options: ProtectionOptions): MessageProtection;
  /** What the tokens so far prove; only initiators have it. */
  readonly proof?: Proof;
  /**
   * Takes how the logon ended: null when the connection stands, else the error that ended it. Gives the error to throw
   * instead, which says what it means for these credentials. At most once.
   */
  concluded?(error: unknown): unknown;
  /** Which mechanism was negotiated, before that the one that was offered first; certain after a step said done. */
  readonly mechanism: MechanismName;
  /** Who is logged on, `DOMAIN\user` or `user@REALM`; null where it is not known. Only after a step said done. */
  readonly user: string | null;
  /** What kind of message a token is, for traces; nothing of what it proves. Never throws. */
  describe?(token: Uint8Array): string;
}
