import { hex32 } from "../bytes/hex.js";

/**
 * The HRESULTs of [MS-PAN] 3.1 by name, as unsigned numbers: PrintAsyncNotifyError of the Windows SDK (failures are
 * 0x80040000 + n, informational codes 0x00040000 + n of the same names), and what RPC and Windows add ([MS-ERREF] 2.1.1).
 */
const CODES = {
  S_OK: 0,
  S_FALSE: 1,

  CHANNEL_CLOSED_BY_SERVER: 0x8004_0001,
  CHANNEL_CLOSED_BY_ANOTHER_LISTENER: 0x8004_0002,
  CHANNEL_CLOSED_BY_SAME_LISTENER: 0x8004_0003,
  CHANNEL_RELEASED_BY_LISTENER: 0x8004_0004,
  UNIRECTIONAL_NOTIFICATION_LOST: 0x8004_0005,
  ASYNC_NOTIFICATION_FAILURE: 0x8004_0006,
  NO_LISTENERS: 0x8004_0007,
  CHANNEL_ALREADY_CLOSED: 0x8004_0008,
  CHANNEL_ALREADY_OPENED: 0x8004_0009,
  CHANNEL_WAITING_FOR_CLIENT_NOTIFICATION: 0x8004_000a,
  CHANNEL_NOT_OPENED: 0x8004_000b,
  ASYNC_CALL_ALREADY_PARKED: 0x8004_000c,
  NOT_REGISTERED: 0x8004_000d,
  ALREADY_UNREGISTERED: 0x8004_000e,
  ALREADY_REGISTERED: 0x8004_000f,
  CHANNEL_ACQUIRED: 0x8004_0010,
  ASYNC_CALL_IN_PROGRESS: 0x8004_0011,
  MAX_NOTIFICATION_SIZE_EXCEEDED: 0x8004_0012,
  INTERNAL_NOTIFICATION_QUEUE_IS_FULL: 0x8004_0013,
  INVALID_NOTIFICATION_TYPE: 0x8004_0014,
  MAX_REGISTRATION_COUNT_EXCEEDED: 0x8004_0015,
  MAX_CHANNEL_COUNT_EXCEEDED: 0x8004_0016,
  LOCAL_ONLY_REGISTRATION: 0x8004_0017,
  REMOTE_ONLY_REGISTRATION: 0x8004_0018,

  E_NOTIMPL: 0x8000_4001,
  E_FAIL: 0x8000_4005,
  E_UNEXPECTED: 0x8000_ffff,
  E_ACCESSDENIED: 0x8007_0005,
  E_HANDLE: 0x8007_0006,
  E_OUTOFMEMORY: 0x8007_000e,
  ERROR_NOT_ENOUGH_MEMORY: 0x8007_0008,
  ERROR_NOT_READY: 0x8007_0015,
  ERROR_NOT_SUPPORTED: 0x8007_0032,
  E_INVALIDARG: 0x8007_0057,
  ERROR_INVALID_NAME: 0x8007_007b,
  RPC_S_SERVER_UNAVAILABLE: 0x8007_06ba,
  RPC_S_SERVER_TOO_BUSY: 0x8007_06bb,
  RPC_S_CALL_FAILED: 0x8007_06be,
  RPC_S_CALL_FAILED_DNE: 0x8007_06bf,
  RPC_X_BAD_STUB_DATA: 0x8007_06f7,
  ERROR_INVALID_PRINTER_NAME: 0x8007_0709,
  RPC_S_CALL_CANCELLED: 0x8007_071a,
  RPC_S_SEC_PKG_ERROR: 0x8007_0721,
  ERROR_PRINTER_DELETED: 0x8007_0771,
} as const;

type HresultName = keyof typeof CODES;

/** All codes by name, and the informational ones that a client meets, with `S_` before their names. */
export const HRESULTS = {
  ...CODES,
  S_CHANNEL_CLOSED_BY_SERVER: 0x0004_0001,
  S_NOTIFICATION_LOST: 0x0004_0005,
  S_CHANNEL_ACQUIRED: 0x0004_0010,
} as const;

const MEANINGS: Record<HresultName, string> = {
  S_OK: "success",
  S_FALSE: "success, but nothing was done",

  CHANNEL_CLOSED_BY_SERVER: "the server closed the channel",
  CHANNEL_CLOSED_BY_ANOTHER_LISTENER: "another listener closed the channel",
  CHANNEL_CLOSED_BY_SAME_LISTENER: "this listener closed the channel before",
  CHANNEL_RELEASED_BY_LISTENER: "the listener released the channel",
  UNIRECTIONAL_NOTIFICATION_LOST: "a unidirectional notification was lost",
  ASYNC_NOTIFICATION_FAILURE: "the notification could not be delivered",
  NO_LISTENERS: "nobody is registered for the notification",
  CHANNEL_ALREADY_CLOSED: "the channel was closed before",
  CHANNEL_ALREADY_OPENED: "the channel is open already",
  CHANNEL_WAITING_FOR_CLIENT_NOTIFICATION: "the channel waits for a client's response",
  CHANNEL_NOT_OPENED: "the channel is not open",
  ASYNC_CALL_ALREADY_PARKED: "an earlier call for the same object has not returned yet",
  NOT_REGISTERED: "the remote object is not registered",
  ALREADY_UNREGISTERED: "the remote object was unregistered before",
  ALREADY_REGISTERED: "the remote object is registered already",
  CHANNEL_ACQUIRED: "another client has acquired the channel",
  ASYNC_CALL_IN_PROGRESS: "an asynchronous call is in progress",
  MAX_NOTIFICATION_SIZE_EXCEEDED: "the response is larger than the server accepts",
  INTERNAL_NOTIFICATION_QUEUE_IS_FULL: "the server's queue of notifications is full",
  INVALID_NOTIFICATION_TYPE: "the notification type is not the one of the channel",
  MAX_REGISTRATION_COUNT_EXCEEDED: "the server takes no more registrations",
  MAX_CHANNEL_COUNT_EXCEEDED: "the server opens no more channels",
  LOCAL_ONLY_REGISTRATION: "only local clients may register for this",
  REMOTE_ONLY_REGISTRATION: "only remote clients may register for this",

  E_NOTIMPL: "the server does not implement the call",
  E_FAIL: "unspecified error",
  E_UNEXPECTED: "unexpected failure of the server",
  E_ACCESSDENIED: "access denied",
  E_HANDLE: "the server does not know the handle",
  E_OUTOFMEMORY: "the server is out of memory",
  ERROR_NOT_ENOUGH_MEMORY: "the server is out of memory",
  ERROR_NOT_READY: "the server has reached its limit of registrations",
  ERROR_NOT_SUPPORTED: "the server does not support the request",
  E_INVALIDARG: "the server refuses an argument",
  ERROR_INVALID_NAME: "the printer name is malformed, or the server does not know it",
  RPC_S_SERVER_UNAVAILABLE: "the RPC server is not available",
  RPC_S_SERVER_TOO_BUSY: "the RPC server is too busy",
  RPC_S_CALL_FAILED: "the remote procedure call failed",
  RPC_S_CALL_FAILED_DNE: "the remote procedure call failed and was not executed",
  RPC_X_BAD_STUB_DATA: "the server could not read the parameters of the call",
  ERROR_INVALID_PRINTER_NAME: "the printer name is not valid",
  RPC_S_CALL_CANCELLED: "incoming notifications have been terminated",
  RPC_S_SEC_PKG_ERROR: "the security package of the server failed",
  ERROR_PRINTER_DELETED: "the printer has been deleted",
};

const HINTS: Partial<Record<HresultName, string>> = {
  E_ACCESSDENIED:
    "Ask for administer rights on the server or queue where notifications of all users are wanted, else check that the account may use the printer.",
  ERROR_INVALID_NAME: "Check the printer's share name; it holds no backslash and no comma.",
  ERROR_INVALID_PRINTER_NAME: "Check the printer's share name; it holds no backslash and no comma.",
  ERROR_NOT_READY: "Try again later, or end other listeners of this server.",
};

const NAMES = new Map<number, HresultName>(Object.entries(CODES).map(([name, code]) => [code, name as HresultName]));

/** Whether the code is a failure: its sign bit is set. Informational codes are not zero and yet no failures. */
export function failed(code: number): boolean {
  return (code & 0x8000_0000) !== 0;
}

/** The code's name, such as `CHANNEL_ACQUIRED` (for 0x80040010 and 0x00040010 alike); its hexadecimal digits if it has none. */
export function hresultName(code: number): string {
  return known(code) ?? hex32(code);
}

/** What the code means, part of a sentence: "access denied"; null for a code without a name. */
export function hresultMeaning(code: number): string | null {
  const name = known(code);
  return name === null ? null : MEANINGS[name];
}

/** A sentence that says what to do about the code; null where there is nothing to advise. */
export function hresultHint(code: number): string | null {
  const name = known(code);
  return name === null ? null : (HINTS[name] ?? null);
}

/** PrintAsyncNotifyError has FACILITY_ITF (4): its informational codes are its failures without the sign bit. */
function known(code: number): HresultName | null {
  const unsigned = code >>> 0;
  const informational = unsigned >>> 16 === 4;
  return NAMES.get(informational ? (unsigned | 0x8000_0000) >>> 0 : unsigned) ?? null;
}
