import { asPanwatchError, UnreachableError } from "../errors.js";
import type { Failed } from "./events.js";

/** The `error` event of an error. Anything that panwatch did not throw on purpose is told as an internal error. */
export function failedEvent(error: unknown, stage: string, fatal: boolean): Failed {
  const known = asPanwatchError(error);
  return {
    type: "error",
    code: known.code,
    hresult: known.hresult,
    message: known.message,
    hint: known.hint,
    stage: known instanceof UnreachableError ? known.stage : stage,
    fatal,
  };
}
