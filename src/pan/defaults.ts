import { NOTIFICATION_TYPES } from "../notifications/notification-types.js";
import { REFUSED_PAUSE_MS } from "../security/refused-pause.js";
import type { ConnectionOptions } from "./connection-options.js";
import { DEFAULT_BACKOFF } from "./retry.js";

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
export const DEFAULT_RETRY = {
  ...DEFAULT_BACKOFF,
  limit: Infinity,
  waitForServer: false,
  refusedPauseMs: REFUSED_PAUSE_MS,
} as const;

/** All types that are decoded. */
export const DEFAULT_TYPES = NOTIFICATION_TYPES.map(({ guid }) => guid);

/** Largest notification that is taken, in bytes. */
export const DEFAULT_MAX_SIZE = 16 * 1024 * 1024;

/** How long leaving may take before the connection is cut, in milliseconds: the command promises 2 s in all. */
export const LEAVE_TIMEOUT_MS = 1500;
