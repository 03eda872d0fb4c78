/**
 * The per-message tokens of an established context in DCE style: MICs and seals over stretches of a fragment. Each call
 * consumes one sequence number of its direction.
 */
export interface MessageTokens {
  /** Whether an acceptor with such keys confirms the list of mechanisms (see Mechanism.expectsMic). */
  readonly expectsMic: boolean;
  /** Bytes of a MIC. */
  readonly micLength: number;
  /** Bytes of the token of a seal. */
  readonly sealLength: number;
  /** The MIC of the concatenated parts. */
  getMic(parts: readonly Uint8Array[]): Uint8Array;
  /** Throws an IntegrityError when the MIC or its sequence number is wrong. */
  verifyMic(parts: readonly Uint8Array[], mic: Uint8Array): void;
  /** Encrypts `data` in place; `before` and `after` are signed with it. Returns the token. */
  seal(before: Uint8Array, data: Uint8Array, after: Uint8Array): Uint8Array;
  /** Decrypts `data` in place. Throws an IntegrityError when the token or its sequence number is wrong. */
  unseal(before: Uint8Array, data: Uint8Array, after: Uint8Array, token: Uint8Array): void;
}

/** One side of a context, as the tokens it sends show it. */
export interface Side {
  readonly isAcceptor: boolean;
  /** The sequence number of its next token. */
  readonly sequence: number;
}
