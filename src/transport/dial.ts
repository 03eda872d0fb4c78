import { once } from "node:events";
import { connect, isIP, type LookupFunction, type Socket, type TcpNetConnectOpts } from "node:net";
import { PanwatchError, UnreachableError } from "../errors.js";
import { connectAbortError } from "../rpc/abort.js";
import { unlessAborted } from "../waiting.js";
import { resolveHost } from "./resolve.js";
import { peerName, SocketLink } from "./socket-link.js";

export interface DialOptions {
  /** A host name or an address; IPv6 without brackets. */
  readonly host: string;
  /** The host's addresses, in the order in which to try them; looked up when left out. */
  readonly addresses?: readonly string[];
  readonly port: number;
  /** Bounds the connecting, not the connection. */
  readonly signal: AbortSignal;
  /** Idle time in milliseconds before the peer's presence is probed; 30 s when not given. */
  readonly keepAliveMs?: number;
}

/** Windows begins to probe after 12 minutes only; parked calls are idle for hours, so this side does it. */
const KEEP_ALIVE_MS = 30_000;
/** How long one address of several is tried before the next. */
const ATTEMPT_MS = 2_500;

/**
 * Connects over TCP. Addresses of a name are tried in turn. Throws an UnreachableError (stage `resolve` or `connect`), or the
 * abort error of `signal`.
 */
export async function dialTcp(options: DialOptions): Promise<SocketLink> {
  const { host, addresses, port, signal, keepAliveMs = KEEP_ALIVE_MS } = options;
  const socket = await open(addresses ?? (await resolveHost({ host, signal })), host, port, signal);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveMs);
  // A server that reads nothing while it sends has to find us reading, or both would wait: only answers to our calls come, and
  // a registration makes none while much waits to be read.
  return new SocketLink(socket, { readsOn: true });
}

async function open(addresses: readonly string[], host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const target = peerName(host, port);
  const socket = connect({ port, ...destination(host, addresses) });
  const late = (): Error => connectAbortError(signal, "connect", `${target} did not accept a connection`);
  try {
    await unlessAborted(signal, once(socket, "connect"), late);
    return socket;
  } catch (error) {
    socket.on("error", () => undefined).destroy();
    throw error instanceof PanwatchError ? error : connectError(error as Error, target);
  }
}

/** Where to connect to: the one address, or all of them in turn. */
function destination(host: string, addresses: readonly string[]): Omit<TcpNetConnectOpts, "port"> {
  const [only] = addresses;
  if (only !== undefined && addresses.length === 1) return { host: only };
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_host, _options, callback) => callback(null, found);
  return { host, lookup, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ATTEMPT_MS };
}

const CONNECT_ERRORS: Readonly<Record<string, readonly [problem: string, hint: string]>> = {
  ECONNREFUSED: [
    "refused the connection",
    "nothing listens there: check the port, and that the server takes remote connections over TCP",
  ],
  ETIMEDOUT: ["did not accept a connection in time", "check the address and the firewalls on the way"],
  EHOSTUNREACH: ["cannot be reached: there is no route to the host", "check the address and the network"],
  ENETUNREACH: ["cannot be reached: there is no route to its network", "check the address and the network"],
  ECONNRESET: ["reset the connection while it was made", "a firewall may stand in the way"],
};

/** The error of the first address that failed stands for all of them. */
function connectError(error: Error, target: string): UnreachableError {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code = (first as NodeJS.ErrnoException).code ?? "";
  const [problem, hint] = CONNECT_ERRORS[code] ?? [`cannot be reached (${code === "" ? error.message : code})`];
  return new UnreachableError("connect", `${target} ${problem}`, { cause: error, hint });
}
