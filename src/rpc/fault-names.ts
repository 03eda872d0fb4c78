import { hex32 } from "../bytes/hex.js";

interface FaultName {
  readonly name: string;
  /** What it means in this protocol, where that is known. */
  readonly meaning?: string;
}

/** Statuses of faults by name: C706 appendix N.2, [MS-ERREF] 2.2. HRESULTs, which faults carry too, are named in pan/. */
const FAULTS = new Map<number, FaultName>([
  [0x1c000001, { name: "nca_s_fault_int_div_by_zero" }],
  [0x1c000002, { name: "nca_s_fault_addr_error" }],
  [0x1c000003, { name: "nca_s_fault_fp_div_zero" }],
  [0x1c000004, { name: "nca_s_fault_fp_underflow" }],
  [0x1c000005, { name: "nca_s_fault_fp_overflow" }],
  [0x1c000006, { name: "nca_s_fault_invalid_tag" }],
  [0x1c000007, { name: "nca_s_fault_invalid_bound" }],
  [0x1c000008, { name: "nca_rpc_version_mismatch" }],
  [0x1c000009, { name: "nca_unspec_reject" }],
  [0x1c00000a, { name: "nca_s_bad_actid" }],
  [0x1c00000b, { name: "nca_who_are_you_failed" }],
  [0x1c00000c, { name: "nca_manager_not_entered" }],
  [0x1c00000d, { name: "nca_s_fault_cancel", meaning: "the call was cancelled" }],
  [0x1c00000e, { name: "nca_s_fault_ill_inst" }],
  [0x1c00000f, { name: "nca_s_fault_fp_error" }],
  [0x1c000010, { name: "nca_s_fault_int_overflow" }],
  [0x1c000012, { name: "nca_s_fault_unspec" }],
  [0x1c000013, { name: "nca_s_fault_remote_comm_failure" }],
  [0x1c000014, { name: "nca_s_fault_pipe_empty" }],
  [0x1c000015, { name: "nca_s_fault_pipe_closed" }],
  [0x1c000016, { name: "nca_s_fault_pipe_order" }],
  [0x1c000017, { name: "nca_s_fault_pipe_discipline" }],
  [0x1c000018, { name: "nca_s_fault_pipe_comm_error" }],
  [0x1c000019, { name: "nca_s_fault_pipe_memory" }],
  [
    0x1c00001a,
    { name: "nca_s_fault_context_mismatch", meaning: "the server does not know the handle, or ran it down" },
  ],
  [0x1c00001b, { name: "nca_s_fault_remote_no_memory", meaning: "the server is out of memory" }],
  [0x1c00001c, { name: "nca_invalid_pres_context_id" }],
  [0x1c00001d, { name: "nca_unsupported_authn_level", meaning: "the server does not take this authentication level" }],
  [0x1c00001f, { name: "nca_invalid_checksum" }],
  [0x1c000020, { name: "nca_invalid_crc" }],
  [0x1c000021, { name: "nca_s_fault_user_defined" }],
  [0x1c000022, { name: "nca_s_fault_tx_open_failed" }],
  [0x1c000023, { name: "nca_s_fault_codeset_conv_error" }],
  [0x1c000024, { name: "nca_s_fault_object_not_found" }],
  [0x1c000025, { name: "nca_s_fault_no_client_stub" }],
  [0x1c010001, { name: "nca_s_comm_failure" }],
  [0x1c010002, { name: "nca_s_op_rng_error", meaning: "the interface has no such method" }],
  [0x1c010003, { name: "nca_s_unk_if", meaning: "the server does not know the interface" }],
  [0x1c010006, { name: "nca_s_wrong_boot_time" }],
  [0x1c010009, { name: "nca_s_you_crashed" }],
  [0x1c01000b, { name: "nca_s_proto_error", meaning: "the server says that a rule of DCE/RPC was broken" }],
  [0x1c010013, { name: "nca_s_out_args_too_big" }],
  [0x1c010014, { name: "nca_s_server_too_busy", meaning: "the server is too busy" }],
  [0x1c010015, { name: "nca_s_fault_string_too_long" }],
  [0x1c010017, { name: "nca_s_unsupported_type" }],
  [0x00000001, { name: "ERROR_INVALID_FUNCTION" }],
  [0x00000005, { name: "ERROR_ACCESS_DENIED", meaning: "access was denied, or the authentication level is too low" }],
  [0x00000006, { name: "ERROR_INVALID_HANDLE", meaning: "the server does not know the handle, or ran it down" }],
  [0x00000008, { name: "ERROR_NOT_ENOUGH_MEMORY", meaning: "the server is out of memory" }],
  [0x0000000e, { name: "ERROR_OUTOFMEMORY", meaning: "the server is out of memory" }],
  [0x00000057, { name: "ERROR_INVALID_PARAMETER" }],
  [0x000006b5, { name: "RPC_S_UNKNOWN_IF", meaning: "the server does not know the interface" }],
  [0x000006b9, { name: "RPC_S_OUT_OF_RESOURCES", meaning: "the server is out of resources" }],
  [0x000006ba, { name: "RPC_S_SERVER_UNAVAILABLE" }],
  [0x000006bb, { name: "RPC_S_SERVER_TOO_BUSY", meaning: "the server is too busy" }],
  [0x000006bd, { name: "RPC_S_NO_CALL_ACTIVE" }],
  [0x000006be, { name: "RPC_S_CALL_FAILED" }],
  [0x000006bf, { name: "RPC_S_CALL_FAILED_DNE", meaning: "the call failed and was not executed" }],
  [0x000006c0, { name: "RPC_S_PROTOCOL_ERROR", meaning: "the server says that a rule of DCE/RPC was broken" }],
  [0x000006c2, { name: "RPC_S_UNSUPPORTED_TRANS_SYN" }],
  [0x000006d1, { name: "RPC_S_PROCNUM_OUT_OF_RANGE", meaning: "the interface has no such method" }],
  [0x000006d3, { name: "RPC_S_UNKNOWN_AUTHN_SERVICE", meaning: "the server does not take this kind of logon" }],
  [0x000006d4, { name: "RPC_S_UNKNOWN_AUTHN_LEVEL" }],
  [0x000006d8, { name: "EPT_S_CANT_PERFORM_OP" }],
  [0x000006d9, { name: "EPT_S_NOT_REGISTERED" }],
  [0x000006e4, { name: "RPC_S_CANNOT_SUPPORT" }],
  [
    0x000006e6,
    { name: "RPC_S_INTERNAL_ERROR", meaning: "an internal error; for Windows also a handle that was run down" },
  ],
  [0x000006ef, { name: "RPC_X_SS_IN_NULL_CONTEXT" }],
  [0x000006f1, { name: "RPC_X_SS_CONTEXT_DAMAGED" }],
  [0x000006f4, { name: "RPC_X_NULL_REF_POINTER" }],
  [0x000006f7, { name: "RPC_X_BAD_STUB_DATA", meaning: "the server could not read the parameters" }],
  [0x0000071a, { name: "RPC_S_CALL_CANCELLED", meaning: "the call was cancelled" }],
  [0x0000071c, { name: "RPC_S_COMM_FAILURE" }],
  [
    0x0000071d,
    { name: "RPC_S_UNSUPPORTED_AUTHN_LEVEL", meaning: "the server does not take this authentication level" },
  ],
  [0x00000721, { name: "RPC_S_SEC_PKG_ERROR", meaning: "a signature or key did not fit" }],
  [0x80090303, { name: "SEC_E_TARGET_UNKNOWN", meaning: "the principal name is not known" }],
  [0x8009030c, { name: "SEC_E_LOGON_DENIED", meaning: "the logon was refused" }],
  [0x80090311, { name: "SEC_E_NO_AUTHENTICATING_AUTHORITY", meaning: "no domain controller could be asked" }],
  [0x80090322, { name: "SEC_E_WRONG_PRINCIPAL", meaning: "the principal name is another server's" }],
  [0x80090324, { name: "SEC_E_TIME_SKEW", meaning: "the clocks differ too much" }],
]);

/** The name of a fault's status with its number: `nca_s_proto_error (0x1C01000B)`; the number alone for unknown ones. */
export function faultName(status: number): string {
  const known = FAULTS.get(status >>> 0);
  return known === undefined ? hex32(status) : `${known.name} (${hex32(status)})`;
}

/** What a fault's status means, without a full stop; null where there is nothing to say beyond its name. */
export function faultMeaning(status: number): string | null {
  return FAULTS.get(status >>> 0)?.meaning ?? null;
}
