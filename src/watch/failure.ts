import {
  AuthenticationError,
  DisconnectedError,
  HresultError,
  IntegrityError,
  PanwatchError,
  ProtocolError,
  UnreachableError,
} from "../errors.js";
import type { Failed } from "./events.js";

/** The `error` event of an error. Anything that panwatch did not throw on purpose is told as an internal error. */
export function failedEvent(error: unknown, stage: string, fatal: boolean): Failed {
  const known = asPanwatchError(error);
  return {
    type: "error",
    code: known.code,
    hresult: known instanceof HresultError ? known.hresult : null,
    message: known.message,
    hint: known.hint,
    stage: known instanceof UnreachableError ? known.stage : stage,
    fatal,
  };
}

/** The error itself where panwatch threw it, else one of code `internal` with it as cause. */
export function asPanwatchError(error: unknown): PanwatchError {
  if (error instanceof PanwatchError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new PanwatchError("internal", `internal error: ${text}`, { cause: error });
}

/** Whether an error is one of the connection, or of opening another one, and so concerns more than the call that met it. */
export function isLoss(error: unknown): error is PanwatchError {
  const losses = [DisconnectedError, UnreachableError, ProtocolError, IntegrityError, AuthenticationError];
  return losses.some((kind) => error instanceof kind);
}
