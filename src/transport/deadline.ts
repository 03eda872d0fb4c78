/**
 * A signal that aborts after `ms` milliseconds with a TimeoutError, or before that when one of `signals` does, with its
 * reason. Its timer keeps no process alive.
 */
export function deadline(ms: number, ...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const others = signals.filter((signal) => signal !== undefined);
  const timeout = AbortSignal.timeout(ms);
  return others.length === 0 ? timeout : AbortSignal.any([timeout, ...others]);
}
