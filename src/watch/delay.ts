import { setTimeout as sleep } from "node:timers/promises";

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
  const timer = new AbortController();
  const end = (): void => timer.abort();
  void work.then(end, end);
  await delay(ms, timer.signal);
}

/** The result of `work`; throws the error of `late` when it takes longer than `ms`. */
export async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
