import type { PanwatchError } from "../../../src/errors.js";
import { defaultStringTables } from "../../../src/notifications/strings/string-tables.js";
import { DEFAULT_CONNECTION } from "../../../src/pan/defaults.js";
import { ASYNC_UI } from "../../../src/pan/types.js";
import type { Heartbeat, WatchEvent } from "../../../src/watch/events.js";
import type { WatchOptions } from "../../../src/watch/options.js";
import { RegistrationWatch } from "../../../src/watch/registration-watch.js";
import { Reporter } from "../../../src/watch/reporter.js";
import { Counters, Limit, RegistrationScope } from "../../../src/watch/scope.js";
import { ServerWatch } from "../../../src/watch/server-watch.js";
import type { WatchOutcome } from "../../../src/watch/watcher.js";
import { ScriptedAssociation, type Answer } from "../../pan/support/scripted-association.js";

export type Script = Readonly<Record<string, Answer>>;

/** A watch on a server without a network. */
export interface ScriptedWatch {
  /** The calls of all connections, and `connect` before each of them. */
  readonly log: readonly string[];
  readonly events: AsyncIterable<WatchEvent>;
  readonly outcome: Promise<WatchOutcome>;
  /** What a heartbeat would tell now. */
  heartbeat(): Heartbeat;
  close(reason: string): Promise<void>;
}

export interface ScriptedWatchOptions extends Partial<WatchOptions> {
  readonly style?: "uni" | "bidi";
  /** How many registrations there are: one. */
  readonly registrations?: number;
  /** Takes the calls, where others write to it as well. */
  readonly log?: string[];
}

/** Watches as the options say; the script is asked for anew for each connection. */
export function scriptedWatch(
  script: (lose: (error: PanwatchError) => void, connection: number) => Script,
  { style = "uni", registrations: count = 1, log = [], ...given }: ScriptedWatchOptions = {},
): ScriptedWatch {
  const options = {
    connection: DEFAULT_CONNECTION,
    retry: { minMs: 1, maxMs: 4, limit: Infinity, waitForServer: false, refusedPauseMs: 0 },
    ...{ userFilter: "per-user", kinds: null, accept: null, answer: null, dryRun: false, limit: null, maxSize: 10_000 },
    strings: defaultStringTables,
    notice: () => undefined,
    ...given,
  } as unknown as WatchOptions;
  const reporter = new Reporter();
  const limit = new Limit(options.limit);
  const shared = { options, reporter, counters: new Counters(), limit };
  const place = { server: "s", printer: null, registration: null, channel: null };
  let error: PanwatchError | null = null;
  let reason: string | null = null;
  const ended = (ending: PanwatchError): boolean => {
    error ??= ending;
    return true;
  };
  const owner = {
    ...{ options, reporter, ended: (_registration: unknown, ending: PanwatchError) => ended(ending) },
    serverEnded: (_server: unknown, ending: PanwatchError) => ended(ending),
    ...{ worked: () => undefined, startFailed: () => null },
  };
  const registrations = Array.from({ length: count }, (_, i) => {
    const scope = new RegistrationScope({ ...place, registration: `r${i + 1}` }, ASYNC_UI, shared);
    return new RegistrationWatch({ type: ASYNC_UI, style }, scope, owner);
  });
  let connections = 0;
  const connect = () => {
    log.push("connect");
    const scripted: ScriptedAssociation = new ScriptedAssociation(
      script((lost) => scripted.lose(lost), ++connections),
      log,
    );
    return Promise.resolve({ association: scripted.association, close: () => Promise.resolve() });
  };
  const connector = { connect, [Symbol.asyncDispose]: () => Promise.resolve() };
  const server = new ServerWatch(place, { registrations, queues: null }, connector, owner);
  const run = async (): Promise<WatchOutcome> => {
    await server.run();
    for (const one of registrations.filter(({ over }) => !over)) one.tellUnregistered(reason ?? "error", true);
    reporter.end();
    return { reason: reason ?? "error", error, everRegistered: registrations.some((one) => one.everRegistered) };
  };
  const outcome = run();
  const close = async (why: string): Promise<void> => {
    reason ??= why;
    server.leave();
    await outcome;
  };
  void limit.full
    .then(() => limit.settled())
    .then(() => options.beforeLimitEnds?.())
    .then(() => close("count"));
  return { log, events: reporter, outcome, heartbeat: () => server.heartbeat(), close };
}
