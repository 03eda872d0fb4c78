import { defaultStringTables, type StringTables } from "../notifications/strings/string-tables.js";
import type { NotificationKind } from "../notifications/model.js";
import { DEFAULT_BACKOFF } from "../pan/retry.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../pan/types.js";
import type { PduTracer } from "../rpc/tracer.js";
import type { KerberosUse, Secret } from "../security/identity.js";
import type { Answerer } from "./answer.js";
import type { Style, UserFilter } from "./events.js";
import type { ConnectionOptions, Notice, RetryOptions, WatchOptions } from "./options.js";
import { Watcher } from "./watcher.js";

/** What to watch, for programs. Everything but the server has the default of the command. */
export interface WatchRequest {
  /** Host name or address; IPv6 without brackets. */
  readonly server: string;
  /** The print queue as the server names it; the whole server when absent. */
  readonly printer?: string;
  /** The account; absent to log on with the Kerberos ticket at hand. */
  readonly user?: string;
  readonly domain?: string;
  readonly password?: string;
  /** The NT hash of the password (16 bytes) instead of it. */
  readonly ntHash?: Uint8Array;
  readonly kerberos?: KerberosUse;
  readonly ccache?: string;
  readonly keytab?: string;
  readonly connection?: Partial<ConnectionOptions>;
  /** Notification types, as GUIDs; AsyncUI and printer configuration when absent. */
  readonly types?: readonly string[];
  readonly style?: Style | "both";
  readonly userFilter?: UserFilter;
  readonly kinds?: readonly NotificationKind[];
  readonly strings?: StringTables;
  readonly retry?: Partial<RetryOptions>;
  /** Largest notification to take, in bytes. */
  readonly maxSize?: number;
  /** Answers message boxes and bidirectional custom UI and data; without it nothing is ever answered. */
  readonly answer?: Answerer;
  /** Leave after this many notifications. */
  readonly limit?: number;
  /** Leaves when it aborts. */
  readonly signal?: AbortSignal;
  readonly notice?: Notice;
  readonly tracer?: PduTracer;
}

export const DEFAULT_CONNECTION: ConnectionOptions = {
  port: null,
  epmPort: 135,
  level: "privacy",
  transferSyntax: "auto",
  spn: null,
  targetIp: null,
  connectTimeoutMs: 10_000,
};

export const DEFAULT_RETRY: RetryOptions = { ...DEFAULT_BACKOFF, limit: Infinity, waitForServer: false };

/** Largest notification that is taken when nothing else is asked for, in bytes. */
export const DEFAULT_MAX_SIZE = 16 * 1024 * 1024;

/** Watches one print server or printer; see `Watcher`, which takes several. */
export function watch(request: WatchRequest): Watcher {
  const watcher = new Watcher(watchOptions(request));
  const { signal } = request;
  const leave = (): void => void watcher.close("closed");
  if (signal?.aborted === true) leave();
  signal?.addEventListener("abort", leave, { once: true });
  void watcher.outcome.finally(() => signal?.removeEventListener("abort", leave));
  return watcher;
}

function watchOptions(request: WatchRequest): WatchOptions {
  const { server, printer = null } = request;
  const identity = {
    user: request.user ?? null,
    domain: request.domain ?? null,
    secret: () => Promise.resolve(secretOf(request)),
    kerberos: request.kerberos ?? "desired",
    ccache: request.ccache ?? null,
    keytab: request.keytab ?? null,
  };
  return {
    targets: [{ server, printer, identity }],
    connection: { ...DEFAULT_CONNECTION, ...request.connection },
    types: request.types ?? [ASYNC_UI, PRINTER_CONFIGURATION],
    style: request.style ?? "both",
    userFilter: request.userFilter ?? "per-user",
    kinds: request.kinds ?? null,
    strings: request.strings ?? defaultStringTables,
    retry: { ...DEFAULT_RETRY, ...request.retry },
    maxSize: request.maxSize ?? DEFAULT_MAX_SIZE,
    answer: request.answer ?? null,
    dryRun: false,
    limit: request.limit ?? null,
    notice: request.notice ?? (() => undefined),
    tracer: request.tracer,
  };
}

function secretOf({ password, ntHash }: WatchRequest): Secret | null {
  if (ntHash !== undefined) return { kind: "nt-hash", hash: ntHash };
  return password === undefined ? null : { kind: "password", password };
}
