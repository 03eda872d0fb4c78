import type { MechanismName, MessageProtection, ProtectionOptions, SecurityStep } from "./context.js";

/** Object identifiers under which mechanisms are negotiated ([RFC 4178] 4.1, [MS-SPNG] 1.9). */
export const MECHANISM_OIDS = {
  ntlm: "1.3.6.1.4.1.311.2.2.10",
  kerberos: "1.2.840.113554.1.2.2",
  /** The misprinted Kerberos OID of Windows 2000, which Windows still offers and answers first. */
  msKerberos: "1.2.840.48018.1.2.2",
} as const;

/**
 * One side of one authentication by NTLM or Kerberos, as SPNEGO drives it. An object serves one exchange: first `step`
 * until done, then the MICs over the mechanism list, then `protect`, once. It knows nothing of SPNEGO's own tokens.
 */
export interface Mechanism {
  readonly name: MechanismName;

  /**
   * The identifiers this mechanism answers to, in dotted decimals, preferred first (Kerberos: MS-KRB5, then KRB5). All of
   * them share the tokens, so a server may choose any of them.
   */
  readonly oids: readonly string[];

  /**
   * Takes the peer's token of this mechanism, and gives the answer. An initiator's first step takes null. `done`
   * means that this side awaits no further token of the mechanism, though it may still have one to send (NTLM: AUTHENTICATE;
   * Kerberos in DCE style: the third leg's AP-REP).
   *
   * Throws an AuthenticationError (logon failed, no credentials), DecodeError (malformed token), ProtocolError (token out
   * of order, or a rule of the mechanism broken) or IntegrityError (token altered on its way).
   */
  step(token: Uint8Array | null): Promise<SecurityStep>;

  /**
   * Whether this side sends a mechListMIC although the preferred mechanism was taken: NTLM with a MIC in its AUTHENTICATE
   * message ([MS-SPNG] 3.1.5.1), Kerberos in DCE style. Only after a step said done.
   */
  readonly sendsMic: boolean;

  /**
   * Whether the peer's is demanded then: as for `sendsMic`, but with Kerberos for AES only, as acceptors with RC4 send none
   * ([MS-SPNG] product note 8). Only after a step said done.
   */
  readonly expectsMic: boolean;

  /** Who is logged on, `DOMAIN\user` or `user@REALM`; null where it is not known. Only after a step said done. */
  readonly user: string | null;

  /**
   * The MIC of `data` for the peer: GSS_GetMIC of the mechanism. It consumes this side's next sequence number. Called at
   * most once, after the step that said done and before `protect`; it leaves the mechanism ready for the first fragment,
   * which for NTLM means that the RC4 handle begins anew while the sequence numbers go on ([MS-SPNG] 3.2.5.1, 3.3.5.1).
   */
  getMic(data: Uint8Array): Uint8Array;

  /**
   * Verifies the peer's MIC of `data`, as `getMic` made it, and consumes the peer's next sequence number; at most once,
   * before `protect`. Throws an IntegrityError when it does not verify.
   */
  verifyMic(data: Uint8Array, mic: Uint8Array): void;

  /** The protection of fragments, with the sequence numbers that follow those of the MICs; once, after a step said done. */
  protect(options: ProtectionOptions): MessageProtection;
}
