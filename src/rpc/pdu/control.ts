import type { PduCommon } from "./message.js";

/** The third leg of an authentication that has three; without answer ([MS-RPCE] 2.2.2.10). Not used with SPNEGO. */
export interface Auth3Pdu extends PduCommon {
  readonly type: "auth3";
}

/** The server asks the client to close the connection (C706 12.6.4.11). */
export interface ShutdownPdu extends PduCommon {
  readonly type: "shutdown";
}

/** The client asks to cancel a call and goes on waiting for it (C706 12.6.4.6). */
export interface CoCancelPdu extends PduCommon {
  readonly type: "co_cancel";
}

/** The client gives a call up: no answer is wanted (C706 12.6.4.8). */
export interface OrphanedPdu extends PduCommon {
  readonly type: "orphaned";
}
