/** The PDU types of connection-oriented RPC and their PTYPE values (C706 12.6.4, [MS-RPCE] 2.2.2.10). */
export const PDU_TYPES = {
  request: 0,
  response: 2,
  fault: 3,
  bind: 11,
  bind_ack: 12,
  bind_nak: 13,
  alter_context: 14,
  alter_context_resp: 15,
  auth3: 16,
  shutdown: 17,
  co_cancel: 18,
  orphaned: 19,
} as const;

export type PduType = keyof typeof PDU_TYPES;

const NAMES = new Map<number, PduType>(Object.entries(PDU_TYPES).map(([name, value]) => [value, name as PduType]));

/** The name of a PTYPE value; undefined for one that TCP does not carry. */
export function pduTypeName(value: number): PduType | undefined {
  return NAMES.get(value);
}

/** Bits of `pfc_flags` (C706 12.6.3.1). */
export const PFC = {
  FIRST_FRAG: 0x01,
  LAST_FRAG: 0x02,
  /** On bind, alter_context, their answers and auth3 ([MS-RPCE] 2.2.2.3). */
  SUPPORT_HEADER_SIGN: 0x04,
  /** The same bit on every other PDU. */
  PENDING_CANCEL: 0x04,
  CONC_MPX: 0x10,
  DID_NOT_EXECUTE: 0x20,
  MAYBE: 0x40,
  OBJECT_UUID: 0x80,
} as const;

/** Both fragment flags: a PDU that is the whole of its message. */
export const WHOLE = PFC.FIRST_FRAG | PFC.LAST_FRAG;
