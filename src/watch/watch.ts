import { UsageError } from "../errors.js";
import type { NotificationKind } from "../notifications/model.js";
import { NOTIFICATION_KINDS } from "../notifications/kinds.js";
import { parseType, TYPE_NAMES } from "../notifications/notification-types.js";
import { defaultStringTables, type StringTables } from "../notifications/strings/string-tables.js";
import { connectionOptions, CREDENTIALS } from "../pan/connect-print-server.js";
import type { ConnectionOptions, Notice } from "../pan/connection-options.js";
import { identityOf, type Credentials } from "../pan/credentials.js";
import { DEFAULT_MAX_SIZE, DEFAULT_RETRY, DEFAULT_TYPES } from "../pan/defaults.js";
import { checkOptions, FLAG, FUNCTION, given, integer, listOf, MILLISECONDS } from "../pan/options-check.js";
import { OBJECT, oneOf, SIGNAL, TEXT, type Rule, type Rules } from "../pan/options-check.js";
import type { PduTracer } from "../rpc/tracer.js";
import type { Identity } from "../security/identity.js";
import { onAbort } from "../waiting.js";
import type { Style, UserFilter } from "./events.js";
import type { Answerer, RetryOptions, WatchOptions, WatchTarget } from "./options.js";
import { QUEUES_EVERY_MS } from "./queues.js";
import { registrationPlans, Watcher } from "./watcher.js";

/** A print server or one of its printers; credentials of its own stand in for those of the request, all of them. */
export interface Target extends Credentials {
  /** Host name or address; IPv6 without brackets. */
  readonly server: string;
  /** The print queue as the server names it, `*` for each that the server shares; the server itself when absent. */
  readonly printer?: string | undefined;
}

/** What to watch, for programs: one `server`, or several `targets`. All else has the default of the command. */
export interface WatchRequest extends Partial<Target> {
  readonly targets?: readonly Target[] | undefined;
  readonly connection?: Partial<ConnectionOptions> | undefined;
  /** Notification types: GUIDs, `asyncui` or `printer-config`; both of these when absent. */
  readonly types?: readonly string[] | undefined;
  readonly style?: Style | "both" | undefined;
  readonly userFilter?: UserFilter | undefined;
  /** Kinds to tell about; all when absent. */
  readonly kinds?: readonly NotificationKind[] | undefined;
  /** Chooses among the notifications of these kinds. */
  readonly accept?: NonNullable<WatchOptions["accept"]> | undefined;
  readonly strings?: StringTables | undefined;
  readonly retry?: Partial<RetryOptions> | undefined;
  /** Largest notification to take, in bytes. */
  readonly maxSize?: number | undefined;
  /** Answers message boxes and bidirectional custom UI and data; without it nothing is ever answered. */
  readonly answer?: Answerer | undefined;
  /** How often a server is asked which queues it shares, where all are watched, in milliseconds; 5 minutes when absent. */
  readonly queuesEveryMs?: number | undefined;
  /** Tell a `heartbeat` of each server so often, in milliseconds. */
  readonly heartbeatMs?: number | undefined;
  /** Leave after this many notifications. */
  readonly limit?: number | undefined;
  /** Leaves when it aborts. */
  readonly signal?: AbortSignal | undefined;
  readonly notice?: Notice | undefined;
  readonly tracer?: PduTracer | undefined;
}

/**
 * Watches print servers and printers. Throws a UsageError that names a wrong option; whatever else goes wrong is told by
 * the events, and thrown at their end.
 */
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

const TARGET: Rules<Target> = { ...CREDENTIALS, server: TEXT, printer: TEXT };

const TYPE: Rule = {
  takes: `${TYPE_NAMES} or a GUID`,
  allows: (value) => typeof value === "string" && parseType(value) !== null,
};

const REQUEST: Rules<WatchRequest> = {
  ...TARGET,
  targets: listOf(OBJECT),
  connection: OBJECT,
  types: listOf(TYPE),
  style: oneOf("both", "uni", "bidi"),
  userFilter: oneOf("per-user", "all-users"),
  kinds: listOf(oneOf(...Object.keys(NOTIFICATION_KINDS))),
  accept: FUNCTION,
  strings: OBJECT,
  retry: OBJECT,
  maxSize: integer(1, Number.MAX_SAFE_INTEGER),
  answer: FUNCTION,
  queuesEveryMs: MILLISECONDS,
  heartbeatMs: MILLISECONDS,
  limit: integer(1, Number.MAX_SAFE_INTEGER),
  signal: SIGNAL,
  notice: FUNCTION,
  tracer: FUNCTION,
};

const RETRY: Rules<RetryOptions> = {
  minMs: MILLISECONDS,
  maxMs: MILLISECONDS,
  limit: {
    takes: "a whole number from 0, or Infinity",
    allows: (value) => value === Infinity || (Number.isInteger(value) && Number(value) >= 0),
  },
  waitForServer: FLAG,
  refusedPauseMs: MILLISECONDS,
};

function watchOptions(request: WatchRequest): WatchOptions {
  checkOptions(request, REQUEST);
  const { types, style, userFilter, kinds, accept, strings, maxSize, answer, limit, tracer } = request;
  const { heartbeatMs, queuesEveryMs, notice } = request;
  const chosen = { style, userFilter, kinds, accept, strings, maxSize, answer, limit, tracer };
  const options: WatchOptions = {
    ...DEFAULTS,
    ...given({ ...chosen, heartbeatMs, queuesEveryMs, notice }),
    targets: targetsOf(request),
    types: types?.map((type) => parseType(type) ?? type) ?? DEFAULT_TYPES,
    connection: connectionOptions(request.connection),
    retry: retryOptions(request.retry),
  };
  if (registrationPlans(options).length === 0)
    throw new UsageError("the options types and style leave nothing to register for");
  return options;
}

function retryOptions(retry: Partial<RetryOptions> = {}): RetryOptions {
  checkOptions(retry, RETRY, "retry.");
  const options = { ...DEFAULT_RETRY, ...given(retry) };
  if (options.minMs > options.maxMs) throw new UsageError("the option retry.minMs is more than retry.maxMs");
  return options;
}

/** The targets, each with its identity: whoever logs on as the same account with the same secret shares one. */
function targetsOf(request: WatchRequest): WatchTarget[] {
  const { targets = [], server, printer } = request;
  const one = server === undefined ? [] : [{ server, printer }];
  if (one.length + targets.length === 0) throw new UsageError("the option server is missing, and targets too");
  if (targets.length > 0 && (server ?? printer) !== undefined)
    throw new UsageError(`the options targets and ${server === undefined ? "printer" : "server"} exclude each other`);
  const identities = new Map<string, Identity>();
  return [...one, ...targets].map((target: Target, i) => {
    if (one.length === 0) checkOptions(target, TARGET, `targets[${i}].`);
    if (target.server === undefined) throw new UsageError(`the option targets[${i}].server is missing`);
    const own = credentialsOf(target);
    const credentials = Object.keys(own).length > 0 ? own : credentialsOf(request);
    const key = JSON.stringify(credentials);
    const identity = identities.get(key) ?? identityOf(credentials);
    identities.set(key, identity);
    return { server: target.server, printer: target.printer ?? null, identity };
  });
}

function credentialsOf({ user, domain, password, ntHash, kerberos, ccache, keytab }: Credentials): Credentials {
  return given({ user, domain, password, ntHash, kerberos, ccache, keytab });
}
