import { offeredBindFeatures, transferSyntaxOf } from "../../rpc/syntaxes.js";
import { REJECT_REASONS } from "../../rpc/pdu/bind-nak.js";
import { CONTEXT_REASONS, CONTEXT_RESULTS } from "../../rpc/pdu/bind-ack.js";
import type { SyntaxId } from "../../rpc/pdu/syntax-id.js";
import { PFC, type PduType } from "../../rpc/pdu/types.js";
import { interfaceOf } from "./interfaces.js";

/* Names of the numbers on the wire. Those without a name keep their number. */

/** A number with its name, null for one that has none. */
export interface Named {
  readonly value: number;
  readonly name: string | null;
}

function namesOf(constants: Readonly<Record<string, number>>): (value: number) => Named {
  const names = new Map(Object.entries(constants).map(([name, value]) => [value, name]));
  return (value) => ({ value, name: names.get(value) ?? null });
}

/** `p_cont_def_result_t`, `p_provider_reason_t` and `p_reject_reason_t` (C706 12.6.3.1). */
export const contextResult = namesOf(CONTEXT_RESULTS);
export const contextReason = namesOf(CONTEXT_REASONS);
export const rejectReason = namesOf(REJECT_REASONS);

/** `auth_type` and `auth_level` ([MS-RPCE] 2.2.1.1.7, 2.2.1.1.8). */
export const authType = namesOf({ none: 0, SPNEGO: 9, NTLM: 10, Kerberos: 16, NETLOGON: 68 });
export const authLevel = namesOf({ none: 1, connect: 2, call: 3, packet: 4, integrity: 5, privacy: 6 });

/** The names of `pfc_flags`; one bit has two meanings, of which the PDU type tells the right one. */
export function flagNames(flags: number, type: PduType): string[] {
  const isBind = type.startsWith("bind") || type.startsWith("alter_context") || type === "auth3";
  const unfit = isBind ? "PENDING_CANCEL" : "SUPPORT_HEADER_SIGN";
  const known = Object.entries(PFC).filter(([name]) => name !== unfit);
  const names = known.filter(([, bit]) => (flags & bit) !== 0).map(([name]) => name);
  const rest = known.reduce((left, [, bit]) => left & ~bit, flags);
  return rest === 0 ? names : [...names, `0x${rest.toString(16).padStart(2, "0")}`];
}

/** `IRPCAsyncNotify 1.0`; the UUID where the interface is none of ours. */
export function interfaceName(id: SyntaxId): string {
  return `${interfaceOf(id.uuid)?.name ?? id.uuid} ${id.major}.${id.minor}`;
}

/** `NDR 2.0`, `NDR64 1.0`, `bind-time features 0x3`; the UUID of any other. */
export function syntaxName(id: SyntaxId): string {
  const features = offeredBindFeatures(id);
  if (features !== null) return `bind-time features 0x${features.toString(16)}`;
  const syntax = transferSyntaxOf(id);
  return `${syntax === null ? id.uuid : syntax.toUpperCase()} ${id.major}.${id.minor}`;
}
