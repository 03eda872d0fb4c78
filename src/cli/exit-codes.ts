import { PanwatchError, UsageError, type ErrorCode } from "../errors.js";

/** How the process ends; scripts rely on these numbers. */
export const EXIT = {
  done: 0,
  failure: 1,
  usage: 2,
  timeout: 3,
  authentication: 4,
  denied: 5,
  unreachable: 6,
  printerName: 7,
  limit: 8,
  replyRejected: 9,
  hookFailed: 10,
} as const;

/** What stands in the help of the commands that end by this table. */
export const EXIT_CODE_TABLE: readonly (readonly [codes: string, meaning: string])[] = [
  ["0", "done: count or duration reached, or stdout closed by its reader"],
  ["1", "something failed while running"],
  ["2", "wrong usage"],
  ["3", "--timeout was over before --count was reached"],
  ["4", "the logon failed, or no credentials"],
  ["5", "access denied (0x80070005)"],
  ["6", "server not reachable, or without the notification interface"],
  ["7", "bad printer name (0x8007007B, 0x80070709)"],
  ["8", "a limit of the server, or the retries are exhausted"],
  ["9", "the reply was not accepted"],
  ["10", "a hook failed under --hook-errors fail"],
  ["129, 130, 143", "ended by SIGHUP, SIGINT, SIGTERM"],
];

/** Results that have an exit code of their own ([MS-PAN] 3.1.1.4.1, [MS-ERREF] 2.1.1). */
const BY_HRESULT = new Map<number, number>([
  [0x80070005, EXIT.denied],
  [0x8007007b, EXIT.printerName],
  [0x80070709, EXIT.printerName],
  [0x80070015, EXIT.limit],
]);

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  usage: EXIT.usage,
  authentication: EXIT.authentication,
  unreachable: EXIT.unreachable,
  disconnected: EXIT.unreachable,
  "no-interface": EXIT.unreachable,
  retries: EXIT.limit,
  timeout: EXIT.timeout,
};

/** A printer name that no server can have; it ends as the server's own refusal (0x8007007B) would. */
export class PrinterNameError extends UsageError {}

/** The exit code of what went wrong, told by its class and its HRESULT. Anything that is not ours is a failure. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof PrinterNameError) return EXIT.printerName;
  if (!(error instanceof PanwatchError)) return EXIT.failure;
  const byHresult = error.hresult === null ? undefined : exitCodeOfHresult(error.hresult);
  return byHresult ?? BY_CODE[error.code] ?? EXIT.failure;
}

/** The exit code that an HRESULT has of its own; undefined when it has none. */
export function exitCodeOfHresult(hresult: number): number | undefined {
  return BY_HRESULT.get(hresult >>> 0);
}
