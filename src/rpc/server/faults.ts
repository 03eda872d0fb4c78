/** Statuses of the faults this server answers with (C706 appendix N, [MS-RPCE] 2.2.2.8, [MS-ERREF] 2.2). */
export const FAULTS = {
  /** ERROR_ACCESS_DENIED: no logon, a level that is too low, a wrong verification trailer. */
  accessDenied: 5,
  /** RPC_X_BAD_STUB_DATA: the stub breaks NDR. */
  badStubData: 0x6f7,
  /** RPC_S_SEC_PKG_ERROR: a signature or sequence number that does not verify. */
  securityPackage: 0x721,
  /** nca_s_op_rng_error: the interface has no such method. */
  opnumRange: 0x1c010002,
  /** nca_s_unk_if: no such interface, or no such presentation context. */
  unknownInterface: 0x1c010003,
  /** nca_s_proto_error: the client broke a rule of the protocol. */
  protocolError: 0x1c01000b,
  /** nca_s_unsupported_type: another object UUID than the one of the interface. */
  unsupportedType: 0x1c010017,
  /** nca_s_fault_cancel: the client cancelled the call. */
  cancelled: 0x1c00000d,
  /** nca_s_fault_context_mismatch: the association holds no such context handle. */
  contextMismatch: 0x1c00001a,
} as const;
