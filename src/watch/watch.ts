import { defaultStringTables, type StringTables } from "../notifications/strings/string-tables.js";
import type { NotificationKind } from "../notifications/model.js";
import type { PduTracer } from "../rpc/tracer.js";
import { onAbort } from "../waiting.js";
import type { Identity, KerberosUse, Secret } from "../security/identity.js";
import { SecretTrial } from "../security/trial.js";
import type { Style, UserFilter } from "./events.js";
import type { ConnectionOptions, Notice } from "../pan/connection-options.js";
import { DEFAULT_CONNECTION, DEFAULT_MAX_SIZE, DEFAULT_RETRY, DEFAULT_TYPES } from "../pan/defaults.js";
import type { Answerer, RetryOptions, WatchOptions } from "./options.js";
import { QUEUES_EVERY_MS } from "./queues.js";
import { Watcher } from "./watcher.js";

/** What to watch, for programs. Everything but the server has the default of the command. */
export interface WatchRequest {
  /** Host name or address; IPv6 without brackets. */
  readonly server: string;
  /** The print queue as the server names it, `*` for each that the server shares; the server itself when absent. */
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
  /** Chooses among the notifications of these kinds. */
  readonly accept?: WatchOptions["accept"];
  readonly strings?: StringTables;
  readonly retry?: Partial<RetryOptions>;
  /** Largest notification to take, in bytes. */
  readonly maxSize?: number;
  /** Answers message boxes and bidirectional custom UI and data; without it nothing is ever answered. */
  readonly answer?: Answerer;
  /** How often a server is asked which queues it shares, where all are watched, in milliseconds; 5 minutes when absent. */
  readonly queuesEveryMs?: number;
  /** Tell a `heartbeat` of each server so often, in milliseconds. */
  readonly heartbeatMs?: number;
  /** Leave after this many notifications. */
  readonly limit?: number;
  /** Leaves when it aborts. */
  readonly signal?: AbortSignal;
  readonly notice?: Notice;
  readonly tracer?: PduTracer;
}

/** Watches one print server or printer; see `Watcher`, which takes several. */
export function watch(request: WatchRequest): Watcher {
  const watcher = new Watcher(watchOptions(request));
  const { signal } = request;
  if (signal !== undefined) {
    const listening = onAbort(signal, () => void watcher.close("closed"));
    void watcher.outcome.finally(() => listening[Symbol.dispose]());
  }
  return watcher;
}

const DEFAULTS = {
  types: DEFAULT_TYPES,
  style: "both",
  userFilter: "per-user",
  kinds: null,
  accept: null,
  strings: defaultStringTables,
  maxSize: DEFAULT_MAX_SIZE,
  answer: null,
  dryRun: false,
  limit: null,
  heartbeatMs: null,
  queuesEveryMs: QUEUES_EVERY_MS,
  notice: () => undefined,
} as const;

function watchOptions(request: WatchRequest): WatchOptions {
  const { server, printer = null, connection, retry, ...others } = request;
  return {
    ...DEFAULTS,
    ...others,
    targets: [{ server, printer, identity: identityOf(request) }],
    connection: { ...DEFAULT_CONNECTION, ...connection },
    retry: { ...DEFAULT_RETRY, ...retry },
  };
}

function identityOf(request: WatchRequest): Identity {
  const { user = null, domain = null, kerberos = "desired", ccache = null, keytab = null } = request;
  const secret = (): Promise<Secret | null> => Promise.resolve(secretOf(request));
  return { user, domain, kerberos, ccache, keytab, secret, trial: new SecretTrial() };
}

function secretOf({ password, ntHash }: WatchRequest): Secret | null {
  if (ntHash !== undefined) return { kind: "nt-hash", hash: ntHash };
  return password === undefined ? null : { kind: "password", password };
}
