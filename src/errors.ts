/**
 * The errors of panwatch. Every one carries a sentence for people, a `code` for programs, where useful a `hint`
 * (what to do about it), what it means beyond the call that met it, and the error that caused it as `cause`.
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

/**
 * What an error means beyond the call that met it; it is said where the error is thrown, and read by whoever decides what
 * happens to a channel, a registration or an association:
 * - `answer`: the server's answer to this call. The association works on; the same may be tried with a new remote object.
 * - `final`: the same, but it must not be tried again.
 * - `terminated`: the server ended all notifications; on this association only Unregister and Delete may follow.
 * - `loss`: the association is over, or cannot be had; a new one may be tried.
 * - `refused`: an association cannot be had, and must not be asked for again by itself (account lockout).
 * - `own`: nothing of the server's; it concerns what met it.
 */
export type ErrorMeaning = "answer" | "final" | "terminated" | "loss" | "refused" | "own";

export interface ErrorDetails {
  /** One sentence that says what to do. */
  hint?: string | undefined;
  cause?: unknown;
  /** Where it is not what the class means. */
  meaning?: ErrorMeaning | undefined;
  /** When the same may be tried again, in milliseconds, where that is not left to the usual intervals. */
  retryInMs?: number | undefined;
}

/** The root of all errors that panwatch throws on purpose; anything else that surfaces is a bug. */
export class PanwatchError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | null;
  readonly meaning: ErrorMeaning;
  /** When the same may be tried again, in milliseconds; null where that is left to the usual intervals. */
  readonly retryInMs: number | null;
  /** The HRESULT that the server answered, or that its fault stands for, as unsigned 32 bits; null without one. */
  readonly hresult: number | null = null;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint ?? null;
    this.meaning = details.meaning ?? "own";
    this.retryInMs = details.retryInMs ?? null;
  }

  /** Whether the server answered the call, so that the association still takes others. */
  get isAnswer(): boolean {
    return this.meaning === "answer" || this.meaning === "final" || this.meaning === "terminated";
  }

  /** Whether the association is over or cannot be had, so that the error concerns more than the call that met it. */
  get isLoss(): boolean {
    return this.meaning === "loss" || this.meaning === "refused";
  }

  /** Whether the same must not be tried again. */
  get isFinal(): boolean {
    return this.meaning === "final" || this.meaning === "refused";
  }
}

/** The error itself where panwatch threw it, else one of code `internal` with it as cause. */
export function asPanwatchError(error: unknown): PanwatchError {
  if (error instanceof PanwatchError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new PanwatchError("internal", `internal error: ${text}`, { cause: error });
}

/** Bytes (or text) that do not follow their format. `offset` counts bytes from the start of what was decoded. */
export class DecodeError extends PanwatchError {
  readonly field: string;
  readonly offset: number;

  constructor(field: string, offset: number, problem: string) {
    super("decode", `${field} at offset ${offset}: ${problem}`, { meaning: "answer" });
    this.field = field;
    this.offset = offset;
  }
}

/** The peer broke a rule of DCE/RPC, SPNEGO or MS-PAN in a way that ends the connection. */
export class ProtocolError extends PanwatchError {
  constructor(message: string, details?: ErrorDetails) {
    super("protocol", message, { meaning: "loss", ...details });
  }
}

/** A signature, seal or sequence number did not verify: somebody changed, repeated or dropped bytes on the way. */
export class IntegrityError extends PanwatchError {
  constructor(message: string, details?: ErrorDetails) {
    super("integrity", message, { meaning: "loss", ...details });
  }
}

/**
 * The logon failed, or credentials are missing or cannot be used. Not retried by itself (account lockout) but where its
 * meaning says so: after these credentials have worked in this run.
 */
export class AuthenticationError extends PanwatchError {
  constructor(message: string, details?: ErrorDetails) {
    super("authentication", message, { meaning: "refused", ...details });
  }
}

/** Where on the way to the server a connection failed. */
export type ConnectStage = "resolve" | "connect" | "endpoint-map" | "bind" | "logon" | "register";

/** The server could not be reached, or did not answer in time while connecting. */
export class UnreachableError extends PanwatchError {
  readonly stage: ConnectStage;

  constructor(stage: ConnectStage, message: string, details?: ErrorDetails) {
    super("unreachable", message, { meaning: "loss", ...details });
    this.stage = stage;
  }
}

/** An established connection ended before the call in flight was answered. */
export class DisconnectedError extends PanwatchError {
  constructor(message: string, details?: ErrorDetails) {
    super("disconnected", message, { meaning: "loss", ...details });
  }
}

/** The server is there but the interface is not: not in the endpoint map, or refused in the bind. */
export class NoInterfaceError extends PanwatchError {
  constructor(message: string, details?: ErrorDetails) {
    super("no-interface", message, { meaning: "loss", ...details });
  }
}

/** ERROR_ACCESS_DENIED: the fault status that servers answer when the caller may not call at all ([MS-ERREF] 2.2). */
const FAULT_ACCESS_DENIED = 5;
const E_ACCESSDENIED = 0x8007_0005;

/** The server answered a call with a fault PDU. `status` is its unsigned 32-bit status. */
export class FaultError extends PanwatchError {
  readonly status: number;
  override readonly hresult: number | null;

  constructor(status: number, message: string, details?: ErrorDetails) {
    const denied = status === FAULT_ACCESS_DENIED;
    super("fault", message, { meaning: denied ? "final" : "answer", ...details });
    this.status = status;
    this.hresult = denied ? E_ACCESSDENIED : status >= 0x8000_0000 ? status : null;
  }
}

/** A method returned a failed HRESULT (sign bit set), or a fault that carries one. */
export class HresultError extends PanwatchError {
  override readonly hresult: number;
  readonly method: string;

  constructor(method: string, hresult: number, message: string, details?: ErrorDetails) {
    super("hresult", message, { meaning: "answer", ...details });
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
    super("too-large", message, { meaning: "answer" });
    this.size = size;
    this.limit = limit;
    this.head = head;
  }
}

/** A wrong option, argument or configuration file of the user. */
export class UsageError extends PanwatchError {
  constructor(message: string, details?: ErrorDetails) {
    super("usage", message, { meaning: "final", ...details });
  }
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "there is no such folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOSPC: "the disk is full",
  EROFS: "its file system is read-only",
};

/** What the system has against a file, for people; an error that is none of the usual ones keeps its code or message. */
export function fileProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return FILE_PROBLEMS[code ?? ""] ?? code ?? message;
}
