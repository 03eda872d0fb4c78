import { PanwatchError, UnreachableError, type ConnectStage } from "../errors.js";

/**
 * The error of connecting when its deadline passed or its caller gave up: what the caller said as reason, where that is an
 * error of panwatch; else an UnreachableError for a time-out, or one with the code `aborted`. `what` did not happen in time.
 */
export function connectAbortError(signal: AbortSignal, stage: ConnectStage, what: string): PanwatchError {
  const reason: unknown = signal.reason;
  if (reason instanceof PanwatchError) return reason;
  if (reason instanceof Error && reason.name === "TimeoutError")
    return new UnreachableError(stage, `${what} in time`, {
      cause: reason,
      hint: "check the network, or allow more time with connection.connectTimeoutMs",
    });
  return new PanwatchError("aborted", `connecting was given up before ${what}`, { cause: reason });
}

/** The error of a call whose caller gave up. */
export function callAbortError(signal: AbortSignal, what: string): PanwatchError {
  const reason: unknown = signal.reason;
  if (reason instanceof PanwatchError) return reason;
  if (reason instanceof Error && reason.name === "TimeoutError")
    return new PanwatchError("timeout", `${what} was not answered in time`, { cause: reason });
  return new PanwatchError("aborted", `${what} was given up before it was answered`, { cause: reason });
}
