import { onAbort } from "../waiting.js";

/**
 * A signal that aborts after `ms` milliseconds with a TimeoutError, or before that when one of `signals` does, with its
 * reason. Its timer keeps no process alive.
 *
 * Not made of AbortSignal.any and AbortSignal.timeout: in Node 20 nothing keeps what they are made of from being collected, and
 * then they never abort.
 */
export function deadline(ms: number, ...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const late = (): void => controller.abort(new DOMException(`${ms} ms have passed`, "TimeoutError"));
  const timer = setTimeout(late, ms).unref();
  onAbort(signal, () => clearTimeout(timer));
  for (const other of signals) {
    if (other === undefined) continue;
    const following = onAbort(other, () => controller.abort(other.reason));
    onAbort(signal, () => following[Symbol.dispose]());
  }
  return signal;
}
