/** The longest delay that setTimeout takes, 24.8 days; a longer one would fire at once. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** Calls `then` once after `milliseconds`, however many they are. Disposing of it beforehand calls it off. */
export function after(milliseconds: number, then: () => void): Disposable {
  let timer: NodeJS.Timeout;
  const end = performance.now() + milliseconds;
  const arm = (): void => {
    const left = end - performance.now();
    if (left <= 0) then();
    else timer = setTimeout(arm, Math.min(Math.ceil(left), LONGEST_DELAY));
  };
  timer = setTimeout(arm, Math.min(milliseconds, LONGEST_DELAY));
  return {
    [Symbol.dispose]: () => {
      clearTimeout(timer);
    },
  };
}
