import { createWriteStream, openSync } from "node:fs";
import { finished } from "node:stream/promises";
import { toHex } from "../bytes/hex.js";
import { UsageError } from "../errors.js";
import type { PduTrace, PduTracer } from "../rpc/tracer.js";

/** Bytes of a stub that a line shows at most. */
const MAX_STUB_BYTES = 64 * 1024;

/** A file that gets every PDU as a JSON line. */
export interface TraceFile {
  readonly trace: PduTracer;
  /** Resolves when everything is in the file. */
  close(): Promise<void>;
}

/**
 * Opens the file of `--trace`; only its owner may read it. Throws a UsageError when that fails; what fails later (a full
 * disk) is told once, and tracing ends.
 */
export function openTraceFile(name: string, failed: (text: string) => void): TraceFile {
  const stream = createWriteStream(name, { fd: openFile(name) });
  let broken = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    broken = true;
    failed(`the trace ends here: its file cannot be written (${error.code ?? error.message})`);
  });
  return {
    trace: (trace) => {
      if (!broken) stream.write(`${traceLine(trace)}\n`);
    },
    close: async () => {
      if (broken) return;
      stream.end();
      await finished(stream).catch(() => undefined);
    },
  };
}

function openFile(name: string): number {
  try {
    return openSync(name, "w", 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`The file of --trace cannot be opened (${code ?? message}).`, { cause: error });
  }
}

/** A PDU as a line: where and when, its decoded fields, and the plain stub in hexadecimal digits. */
export function traceLine({ at, stub, ...trace }: PduTrace): string {
  const shown = stub === null ? null : toHex(stub.subarray(0, MAX_STUB_BYTES));
  const line = { time: at.toISOString(), ...trace, stub: shown, stubLength: stub?.length ?? null };
  return JSON.stringify(line, (_key, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value));
}
