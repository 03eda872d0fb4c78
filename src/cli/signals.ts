import { constants } from "node:os";

const NAMES = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
export type EndingSignal = (typeof NAMES)[number];

/** Signals that follow the first so soon, in milliseconds, are the same wish: `timeout` and terminals send two. */
const SAME_WISH_MS = 500;

/** 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP. */
export function exitCodeOfSignal(name: EndingSignal): number {
  return 128 + constants.signals[name];
}

/** The first signal aborts; whoever leaves on it finds its name here. */
export interface SignalWatch extends Disposable {
  readonly signal: AbortSignal;
  /** The signal that came, null while there was none. */
  received(): EndingSignal | null;
}

/**
 * Takes SIGINT, SIGTERM and SIGHUP over: the first one aborts `signal`, so that everything can be left properly; one that
 * comes more than 500 ms later ends the process at once. Disposing gives the signals back.
 */
export function watchSignals(leaveAtOnce: (code: number) => void = (code) => process.exit(code)): SignalWatch {
  const controller = new AbortController();
  let first: EndingSignal | null = null;
  let firstAt = 0;
  const onSignal = (name: NodeJS.Signals): void => {
    if (first === null) {
      first = name as EndingSignal;
      firstAt = performance.now();
      controller.abort(name);
    } else if (performance.now() - firstAt > SAME_WISH_MS) {
      leaveAtOnce(exitCodeOfSignal(name as EndingSignal));
    }
  };
  for (const name of NAMES) process.on(name, onSignal);
  return {
    signal: controller.signal,
    received: () => first,
    [Symbol.dispose]: () => {
      for (const name of NAMES) process.off(name, onSignal);
    },
  };
}
