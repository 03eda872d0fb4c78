import type { WatchEvent } from "../../../src/watch/events.js";
import { watch } from "../../../src/watch/watch.js";
import type { WatchOutcome } from "../../../src/watch/watcher.js";
import { FaultProxy, type Direction, type Fault } from "./proxy.js";
import type { ServerProcess, ServerReport } from "./server-process.js";

/** How the client takes a loss: not at all (`--retry never`), or by coming back (`--backoff 1ms..5ms --wait-for-server`). */
export type Retrying = "never" | "backoff";

const RETRY = {
  never: { limit: 0 },
  backoff: { minMs: 1, maxMs: 5, waitForServer: true },
} as const;

/** How long nothing may pass after a fault before one more notification is raised, in milliseconds. */
const QUIET_MS = 600;
/** Times that this is done before the client is told to leave. */
const NUDGES = 3;
/** Faults that may leave one side waiting for bytes that the other has no reason to send. A cut is noticed without help. */
const STARVING: ReadonlySet<Fault["kind"]> = new Set(["corrupt", "duplicate", "truncate"]);
/** Bound of connecting, registering and the rest of a PDU, in milliseconds, where it is what ends the wait. */
const SHORT_TIMEOUT_MS = 400;
/** The same where nothing is ever to be waited for in vain. */
const LONG_TIMEOUT_MS = 20_000;

/** All that there is to know of one run. */
export interface Session {
  readonly run: string;
  readonly fault: Fault | null;
  readonly retrying: Retrying;
  /** Whether the fault came about. */
  readonly fired: boolean;
  /** Who ended the watch: the test, when all was handed out or when nothing came any more, or the watch itself. */
  readonly endedBy: "done" | "quiet" | "itself";
  readonly events: readonly WatchEvent[];
  readonly outcome: WatchOutcome;
  readonly report: ServerReport;
  /** What the first connection carried, and how much of it when all had been handed out and the client waited again. */
  readonly recorded: FaultProxy["recorded"];
  readonly bytesWhenDone: Readonly<Record<Direction, number>>;
}

/** What is between client and server: the port of the interfaces, or the endpoint mapper. */
export type Through = "port" | "mapper";

let runs = 0;

/**
 * One watch over three registrations (AsyncUI in both styles, printer configuration) of a printer of its own, until it
 * has had what the server raises, or has ended by itself.
 */
export async function runSession(
  server: ServerProcess,
  fault: Fault | null,
  retrying: Retrying,
  through: Through = "port",
): Promise<Session> {
  const run = String(++runs).padStart(6, "0");
  const quiet = new Quiet(() => server.nudge(run, 100 + quiet.times));
  const starves = fault !== null && STARVING.has(fault.kind);
  const passed = (): void => (starves && proxy.fired ? quiet.restart() : undefined);
  await using proxy = await FaultProxy.start(through === "port" ? server.port : server.epmPort, fault, passed);
  const way = through === "port" ? { port: proxy.port } : { epmPort: proxy.port };
  const connectTimeoutMs = starves ? SHORT_TIMEOUT_MS : LONG_TIMEOUT_MS;
  const watcher = watch({
    server: "127.0.0.1",
    printer: run,
    user: "alice",
    password: "x",
    kerberos: "off",
    connection: { ...way, transferSyntax: "ndr", connectTimeoutMs },
    retry: RETRY[retrying],
    answer: () => Promise.resolve({ via: "library", reply: { kind: "text", text: "ok" } }),
  });
  let endedBy: Session["endedBy"] = "itself";
  const close = (why: "done" | "quiet"): void => {
    if (endedBy === "itself") endedBy = why;
    void watcher.close("duration");
  };
  quiet.giveUp = () => close("quiet");
  let bytesWhenDone = proxy.bytes;
  server.whenDone(run, () => {
    bytesWhenDone = proxy.bytes;
    close("done");
  });
  const events: WatchEvent[] = [];
  for await (const event of watcher.events) events.push(event);
  quiet.stop();
  const outcome = await watcher.outcome;
  const { fired, recorded } = proxy;
  return {
    run,
    fault,
    retrying,
    fired,
    endedBy,
    bytesWhenDone,
    events,
    outcome,
    report: await server.end(run),
    recorded,
  };
}

/** Waits for nothing to happen. */
class Quiet {
  readonly #nudge: () => void;
  giveUp: () => void = () => undefined;
  times = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(nudge: () => void) {
    this.#nudge = nudge;
  }

  restart(): void {
    this.stop();
    this.#timer = setTimeout(() => this.#over(), QUIET_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #over(): void {
    if (++this.times > NUDGES) return this.giveUp();
    this.#nudge();
    this.restart();
  }
}
