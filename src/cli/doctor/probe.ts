import { setMaxListeners } from "node:events";
import { asPanwatchError, AuthenticationError, type PanwatchError } from "../../errors.js";
import { NOTIFICATION_TYPES, type Style } from "../../notifications/notification-types.js";
import { openConnection, type ConnectRequest } from "../../pan/connect.js";
import type { ConnectionOptions } from "../../pan/connection-options.js";
import { IRPCAsyncNotify } from "../../pan/idl.js";
import { printerPath } from "../../pan/printer-path.js";
import { ASYNC_UI, UNIDIRECTIONAL } from "../../pan/types.js";
import { mapEndpoint } from "../../rpc/endpoint-mapper/map-endpoint.js";
import { openLogon, type Logon } from "../../security/logon.js";
import { enumeratePrintersBy, INTERFACES } from "../../spooler/spooler.js";
import { deadline } from "../../transport/deadline.js";
import { dialTcp } from "../../transport/dial.js";
import { familyOf, resolveHost } from "../../transport/resolve.js";
import { logonText } from "./connecting.js";
import type { Tell } from "./findings.js";
import { Visit } from "./visit.js";

export interface ProbeOptions extends Omit<ConnectRequest, "logon" | "iface" | "onStep"> {
  /** A queue to register for beside the server itself; null when none is known. */
  readonly queue: string | null;
  readonly tell: Tell;
}

/** A variant: its name, and what tries it and says what came of it. */
type Probe = readonly [name: string, run: () => Promise<string>];

/** What cannot be tried here, with the reason. */
class Untried extends Error {}

/**
 * Tries each variant of the way to a server on its own, and leaves the server clean after each. All share one logon, and
 * after the first refusal none that would log on is tried any more (account lockout).
 */
export async function probeVariants(options: ProbeOptions): Promise<void> {
  const { target, options: connection, notice, signal, tell } = options;
  const { spn, level } = connection;
  // Deadlines that are not over yet listen too: a few for each variant.
  setMaxListeners(0, signal);
  await using logon = await openLogon(target.identity, { server: target.server, spn, level, signal, notice });
  let refused: PanwatchError | null = null;
  for (const [probe, run] of probes(options, logon)) {
    if (signal.aborted) return;
    if (refused !== null) {
      const finding = "not tried: a logon was refused, and more of them could lock the account";
      tell({ type: "probe", probe, ok: null, ms: null, finding, error: null });
      continue;
    }
    const at = performance.now();
    const elapsed = (): number => Math.round(performance.now() - at);
    try {
      tell({ type: "probe", probe, ok: true, finding: await run(), ms: elapsed(), error: null });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Untried) {
        tell({ type: "probe", probe, ok: null, ms: null, finding: `not tried: ${error.message}`, error: null });
        continue;
      }
      const known = asPanwatchError(error);
      if (known instanceof AuthenticationError) refused = known;
      tell({ type: "probe", probe, ok: false, ms: elapsed(), finding: known.message, error: known });
    }
  }
}

function probes(options: ProbeOptions, logon: Logon): Probe[] {
  const walk = (changes: Partial<ConnectionOptions>) => () => walkThrough(options, logon, changes);
  const families = ([4, 6] as const).map((family): Probe => [
    `IPv${family}`,
    async () => walkThrough(options, logon, { targetIp: await addressOf(options, family) }),
  ]);
  const places = [null, ...(options.queue === null ? [] : [options.queue])];
  const registrations = places.flatMap((queue) =>
    REGISTRATIONS.map(([kind, type, style]): Probe => {
      const where = queue === null ? "the server itself" : `the queue ${queue}`;
      return [`${kind}, ${style}, ${where}`, () => register(options, logon, { queue, type, style })];
    }),
  );
  const lists = INTERFACES.map((methods): Probe => [
    `queues by ${methods.iface.name}`,
    async () => `${(await enumeratePrintersBy(methods, { ...options, logon })).length} shared`,
  ]);
  return [
    ["endpoint mapper without a logon", () => askMapper(options, null)],
    ...families,
    ["NDR alone", walk({ transferSyntax: "ndr" })],
    ["NDR64 alone", walk({ transferSyntax: "ndr64" })],
    ["no multiplexing", walk({ multiplex: false })],
    ...registrations,
    ...lists,
    // Last: many a mapper knows no logon, and a refusal there says nothing of the others.
    ["endpoint mapper with a logon", () => askMapper(options, logon)],
  ];
}

/** All that can be registered for, under the names of [MS-PAN] 2.2.1. */
const REGISTRATIONS = NOTIFICATION_TYPES.flatMap(({ constant, guid, styles }) =>
  styles.map((style) => [constant.replace("AsyncPrintNotificationType_", ""), guid, style] as const),
);

/** Connects, registers for the server's AsyncUI notifications, and leaves. */
async function walkThrough(options: ProbeOptions, logon: Logon, changes: Partial<ConnectionOptions>): Promise<string> {
  return visit(options, logon, changes, async (one) => {
    await one.create();
    await one.register({ name: null, type: ASYNC_UI, filter: "per-user", style: UNIDIRECTIONAL });
  });
}

interface Registered {
  readonly queue: string | null;
  readonly type: string;
  readonly style: Style;
}

async function register(options: ProbeOptions, logon: Logon, { queue, type, style }: Registered): Promise<string> {
  const name = queue === null ? null : printerPath(options.target.server, queue);
  await visit(options, logon, {}, (one) => one.tryToRegister(style, { name, type, filter: "per-user" }));
  return "registered and left";
}

/** Does something on a connection of its own, leaves the server clean, and says what was agreed on. */
async function visit(
  request: ProbeOptions,
  logon: Logon,
  changes: Partial<ConnectionOptions>,
  work: (visit: Visit) => Promise<void>,
): Promise<string> {
  const options = { ...request.options, ...changes };
  const connection = await openConnection({ ...request, options, logon });
  const { association } = connection;
  try {
    const one = new Visit(association, { timeoutMs: options.connectTimeoutMs, signal: request.signal });
    try {
      await work(one);
    } finally {
      for (const { error } of await one.leave()) if (error !== null) throw error;
    }
    return logonText(association.info);
  } finally {
    await connection.close();
  }
}

/** An address of the server in one family. */
async function addressOf({ target, options, signal }: ProbeOptions, family: 4 | 6): Promise<string> {
  const host = options.targetIp ?? target.server;
  const addresses = await resolveHost({ host, signal: deadline(options.connectTimeoutMs, signal) });
  const address = addresses.find((one) => familyOf(one) === family);
  if (address === undefined) throw new Untried(`the server has no address of IPv${family}`);
  return address;
}

async function askMapper({ target, options, signal, tracer }: ProbeOptions, logon: Logon | null): Promise<string> {
  const { port, epmPort, targetIp, connectTimeoutMs } = options;
  if (port !== null) throw new Untried("--port says where the interfaces are");
  const host = targetIp ?? target.server;
  const addresses = await resolveHost({ host, signal: deadline(connectTimeoutMs, signal) });
  const found = await mapEndpoint({
    dial: (limit) => dialTcp({ host, addresses, port: epmPort, signal: limit }),
    iface: IRPCAsyncNotify,
    deadline: () => deadline(connectTimeoutMs, signal),
    ...(logon === null ? {} : { security: () => logon.context() }),
    tracer,
  });
  return `${IRPCAsyncNotify.name} is at TCP port ${found}`;
}
