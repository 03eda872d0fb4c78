import type { ConnectionOptions } from "./connection-options.js";
import { DEFAULT_BACKOFF } from "./retry.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "./types.js";

/* What holds where nothing else is asked for, for the library and for the options of the command. */

export const DEFAULT_CONNECTION: ConnectionOptions = {
  port: null,
  epmPort: 135,
  level: "privacy",
  transferSyntax: "auto",
  multiplex: true,
  spn: null,
  targetIp: null,
  connectTimeoutMs: 10_000,
};

/** For ever once it has worked; the first connection fails fast. */
export const DEFAULT_RETRY = { ...DEFAULT_BACKOFF, limit: Infinity, waitForServer: false } as const;

/** Both types that are decoded. */
export const DEFAULT_TYPES = [ASYNC_UI, PRINTER_CONFIGURATION] as const;

/** Largest notification that is taken, in bytes. */
export const DEFAULT_MAX_SIZE = 16 * 1024 * 1024;

/** How long leaving may take before the connection is cut, in milliseconds: the command promises 2 s in all. */
export const LEAVE_TIMEOUT_MS = 1500;
