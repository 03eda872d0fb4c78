/**
 * The errors of panwatch. Every one carries a sentence for people, a `code` for programs, where useful a `hint`
 * (what to do about it), and the error that caused it as `cause`. `hresult` is set where the server answered with one.
 */

/** What went wrong, for programs: stable names that `error` lines of the command carry. */
export type ErrorCode =
  | "usage"
  | "decode"
  | "protocol"
  | "integrity"
  | "authentication"
  | "unreachable"
  | "disconnected"
  | "no-interface"
  | "fault"
  | "hresult"
  | "too-large"
  | "timeout"
  | "aborted"
  | "file"
  | "reply"
  | "program"
  | "released"
  | "retries"
  | "internal";

export interface ErrorDetails {
  /** One sentence that says what to do. */
  hint?: string | undefined;
  cause?: unknown;
}

/** The root of all errors that panwatch throws on purpose; anything else that surfaces is a bug. */
export class PanwatchError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | null;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint ?? null;
  }
}

/** Bytes (or text) that do not follow their format. `offset` counts bytes from the start of what was decoded. */
export class DecodeError extends PanwatchError {
  readonly field: string;
  readonly offset: number;

  constructor(field: string, offset: number, problem: string) {
    super("decode", `${field} at offset ${offset}: ${problem}`);
    this.field = field;
    this.offset = offset;
  }
}

/** The peer broke a rule of DCE/RPC, SPNEGO or MS-PAN in a way that ends the connection. */
export class ProtocolError extends PanwatchError {
  constructor(message: string, details?: ErrorDetails) {
    super("protocol", message, details);
  }
}

/** A signature, seal or sequence number did not verify: somebody changed, repeated or dropped bytes on the way. */
export class IntegrityError extends PanwatchError {
  constructor(message: string, details?: ErrorDetails) {
    super("integrity", message, details);
  }
}

/** The logon failed, or credentials are missing or cannot be used. Never retried by itself (account lockout). */
export class AuthenticationError extends PanwatchError {
  constructor(message: string, details?: ErrorDetails) {
    super("authentication", message, details);
  }
}

/** Where on the way to the server a connection failed. */
export type ConnectStage = "resolve" | "connect" | "endpoint-map" | "bind" | "logon" | "register";

/** The server could not be reached, or did not answer in time while connecting. */
export class UnreachableError extends PanwatchError {
  readonly stage: ConnectStage;

  constructor(stage: ConnectStage, message: string, details?: ErrorDetails) {
    super("unreachable", message, details);
    this.stage = stage;
  }
}

/** An established connection ended before the call in flight was answered. */
export class DisconnectedError extends PanwatchError {
  constructor(message: string, details?: ErrorDetails) {
    super("disconnected", message, details);
  }
}

/** The server is there but the interface is not: not in the endpoint map, or refused in the bind. */
export class NoInterfaceError extends PanwatchError {
  constructor(message: string, details?: ErrorDetails) {
    super("no-interface", message, details);
  }
}

/** The server answered a call with a fault PDU. `status` is its unsigned 32-bit status. */
export class FaultError extends PanwatchError {
  readonly status: number;

  constructor(status: number, message: string, details?: ErrorDetails) {
    super("fault", message, details);
    this.status = status;
  }
}

/** A method returned a failed HRESULT (sign bit set), or a fault that carries one. Unsigned 32 bits. */
export class HresultError extends PanwatchError {
  readonly hresult: number;
  readonly method: string;

  constructor(method: string, hresult: number, message: string, details?: ErrorDetails) {
    super("hresult", message, details);
    this.method = method;
    this.hresult = hresult;
  }
}

/** An answer was larger than the limit and was dropped; `size` is what arrived, in bytes, `head` its first bytes. */
export class TooLargeError extends PanwatchError {
  readonly size: number;
  readonly limit: number;
  readonly head: Uint8Array;

  constructor(size: number, limit: number, head: Uint8Array, message: string) {
    super("too-large", message);
    this.size = size;
    this.limit = limit;
    this.head = head;
  }
}

/** A wrong option, argument or configuration file of the user. */
export class UsageError extends PanwatchError {
  constructor(message: string, details?: ErrorDetails) {
    super("usage", message, details);
  }
}
