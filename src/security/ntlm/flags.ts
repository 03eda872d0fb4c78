/** The NEGOTIATE flags that matter to us ([MS-NLMP] 2.2.2.5). */
export const NTLM_FLAGS = {
  unicode: 0x00000001,
  requestTarget: 0x00000004,
  sign: 0x00000010,
  seal: 0x00000020,
  ntlm: 0x00000200,
  alwaysSign: 0x00008000,
  targetTypeServer: 0x00020000,
  extendedSessionSecurity: 0x00080000,
  targetInfo: 0x00800000,
  version: 0x02000000,
  key128: 0x20000000,
  keyExchange: 0x40000000,
  key56: 0x80000000,
} as const;
export type NtlmFlag = keyof typeof NTLM_FLAGS;

/** What the initiator offers and the acceptor grants: NTLMv2 with 128-bit keys for signing and sealing. */
export const SUPPORTED_FLAGS = combine([
  "unicode",
  "requestTarget",
  "sign",
  "seal",
  "ntlm",
  "alwaysSign",
  "extendedSessionSecurity",
  "targetInfo",
  "version",
  "key128",
  "keyExchange",
  "key56",
]);

/** The flags as one unsigned 32-bit value. */
export function combine(flags: readonly NtlmFlag[]): number {
  return flags.reduce((all, flag) => all | NTLM_FLAGS[flag], 0) >>> 0;
}

export function has(flags: number, flag: NtlmFlag): boolean {
  return (flags & NTLM_FLAGS[flag]) !== 0;
}

/** The flags that both values have, unsigned. */
export function intersect(a: number, b: number): number {
  return (a & b) >>> 0;
}
