import { setTimeout as sleep } from "node:timers/promises";

/** A promise that somebody else settles. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (error: Error) => void;
}

/** Makes a promise and what settles it. */
export function deferred<T = void>(): Deferred<T> {
  let resolve: Deferred<T>["resolve"] = () => undefined;
  let reject: Deferred<T>["reject"] = () => undefined;
  const promise = new Promise<T>((...settle) => ([resolve, reject] = settle));
  return { promise, resolve, reject };
}

/**
 * Calls `then` once when the signal aborts, at once where it has aborted already. Disposing of what it gives stops
 * listening.
 */
export function onAbort(signal: AbortSignal, then: () => void): Disposable {
  if (signal.aborted) then();
  else signal.addEventListener("abort", then, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", then) };
}

/** Resolves once the signal has aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = deferred();
  onAbort(signal, resolve);
  return promise;
}

/** The result of `work`; throws the error of `why` when the signal aborts first: the work then goes on unattended. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>, why: () => Error): Promise<T> {
  const { promise, reject } = deferred<never>();
  using _ = onAbort(signal, () => reject(why()));
  return await Promise.race([work, promise]);
}

/** Waits; false when the signal aborted before the time was over. */
export async function delay(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

/** Waits for a promise, but at most so long; never rejects. */
export async function settleWithin(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = deferred();
  using _ = after(ms, resolve);
  await Promise.race([work.catch(() => undefined), promise]);
}

/** The result of `work`; throws the error of `late` when it takes longer than `ms`. */
export async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  const { promise, reject } = deferred<never>();
  using _ = after(ms, () => reject(late()));
  return await Promise.race([work, promise]);
}

/** The longest delay that setTimeout takes, in milliseconds: 24.8 days. A longer one would fire at once. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Calls `then` once after `milliseconds`, however many they are. Disposing of it beforehand calls it off. */
export function after(milliseconds: number, then: () => void): Disposable {
  let timer: NodeJS.Timeout;
  const end = performance.now() + milliseconds;
  const arm = (): void => {
    const left = end - performance.now();
    if (left <= 0) then();
    else timer = setTimeout(arm, Math.min(Math.ceil(left), LONGEST_DELAY_MS));
  };
  timer = setTimeout(arm, Math.min(milliseconds, LONGEST_DELAY_MS));
  return {
    [Symbol.dispose]: () => {
      clearTimeout(timer);
    },
  };
}

/** Does work for each of the items in their order, for at most `count` at once. Throws what one of them throws. */
export async function forEachOf<T>(
  items: readonly T[],
  count: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, worker));
}
