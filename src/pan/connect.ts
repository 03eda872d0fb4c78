import { IRPCAsyncNotify, IRPCRemoteObject } from "./idl.js";
import { Association, OneAtATimeError } from "../rpc/association.js";
import { AnonymousRefusedError, mapEndpoint } from "../rpc/endpoint-mapper/map-endpoint.js";
import type { RpcInterface } from "../rpc/interface.js";
import type { Link } from "../rpc/link.js";
import type { PduTracer } from "../rpc/tracer.js";
import type { Identity } from "../security/identity.js";
import { openLogon, type Logon, type LogonOptions } from "../security/logon.js";
import type { TransferSyntax } from "../ndr/syntax.js";
import { deadline } from "../transport/deadline.js";
import { dialTcp } from "../transport/dial.js";
import { resolveHost } from "../transport/resolve.js";
import type { ConnectionOptions, Notice } from "./connection-options.js";

/** An association with a print server, and what must be put away with it. */
export interface Connection {
  readonly association: Association;
  /** Closes the connections and removes private credentials. */
  close(): Promise<void>;
}

/**
 * A step of the way to a print server that begins now, in order; `panwatch doctor` tells of each. When a server refuses a
 * Kerberos ticket, NTLM begins again with the credentials. `addresses` are the server's, in the order in which they are tried.
 */
export type ConnectProgress =
  | { readonly step: "resolve"; readonly host: string }
  /** Left out, as the next, where the port is given. */
  | { readonly step: "endpoint-mapper"; readonly addresses: readonly string[]; readonly port: number }
  | { readonly step: "endpoint-map"; readonly peer: string }
  /** A ticket or a password; a person may be asked for it. */
  | { readonly step: "credentials"; readonly addresses: readonly string[]; readonly port: number }
  | { readonly step: "port"; readonly addresses: readonly string[]; readonly port: number }
  | { readonly step: "logon"; readonly peer: string };

export type ConnectStep = ConnectProgress["step"];

/** Whom to connect to, and how. */
export interface ConnectRequest {
  readonly target: { readonly server: string; readonly identity: Identity };
  readonly options: ConnectionOptions;
  readonly notice: Notice;
  readonly tracer?: PduTracer | undefined;
  readonly signal: AbortSignal;
  /** The interface that is called; those of [MS-PAN] when not given. */
  readonly iface?: RpcInterface;
  /** The logon to go on with, which stays the caller's; else one for this connection alone. */
  readonly logon?: Logon;
  /** Told as each step begins. */
  readonly onStep?: (progress: ConnectProgress) => void;
}

const TRANSFER_SYNTAXES: Record<ConnectionOptions["transferSyntax"], readonly TransferSyntax[]> = {
  auto: ["ndr64", "ndr"],
  ndr: ["ndr"],
  ndr64: ["ndr64"],
};

/** Connects to one print server again and again. */
export interface Connector extends AsyncDisposable {
  /** Connects anew: each time the name is resolved, the endpoint mapper asked, and the logon made again. */
  connect(signal: AbortSignal): Promise<Connection>;
}

/** What holds for all connections of a connector. */
export interface ConnectorRequest extends Omit<ConnectRequest, "signal" | "logon"> {
  /** How long credentials that have worked rest after they were refused, in milliseconds. */
  readonly refusedPauseMs: number;
}

/**
 * Connects to one print server again and again, and remembers what connections taught: a server that serves the calls of one
 * after the other is asked for no multiplexing any more, and what was refused at a logon is not tried again. Throws what
 * `openConnection` throws.
 */
export function printServerConnector({ refusedPauseMs, ...request }: ConnectorRequest): Connector {
  let { options } = request;
  let logon: Promise<Logon> | null = null;
  const connect = async (signal: AbortSignal): Promise<Connection> => {
    logon ??= openLogon(request.target.identity, { ...logonOptions(request, signal), refusedPauseMs });
    const connection = await openConnection({ ...request, options, signal, logon: await logon });
    void connection.association.closed.then((error) => {
      if (!(error instanceof OneAtATimeError)) return;
      options = { ...options, multiplex: false };
      request.notice(`${error.message}: from now on each call in flight has a connection of its own`, "warn");
    });
    return connection;
  };
  return { connect, [Symbol.asyncDispose]: async () => (await logon)?.[Symbol.asyncDispose]() };
}

function logonOptions({ target, options, notice }: Omit<ConnectRequest, "signal">, signal: AbortSignal): LogonOptions {
  const { spn, level } = options;
  return { server: target.server, spn, level, signal, notice };
}

/**
 * Goes the whole way: name → endpoint mapper → port → bind and logon. Throws an UnreachableError, NoInterfaceError,
 * AuthenticationError or ProtocolError. With Kerberos desired, a server that refuses the ticket is asked once more, on a
 * new connection, by NTLM alone.
 */
export async function openConnection(request: ConnectRequest): Promise<Connection> {
  const logon = request.logon ?? (await openLogon(request.target.identity, logonOptions(request, request.signal)));
  const putAway = async (): Promise<void> => {
    if (request.logon === undefined) await logon[Symbol.asyncDispose]();
  };
  try {
    const endpoint = await findEndpoint(request, logon);
    const association = await openAssociation(request, endpoint, logon);
    const close = async (): Promise<void> => {
      association.close();
      await putAway();
    };
    return { association, close };
  } catch (error) {
    await putAway();
    throw error;
  }
}

/** Tells that a step begins. */
function began({ notice, onStep }: ConnectRequest, progress: ConnectProgress): void {
  const { step, ...details } = progress;
  const told = Object.entries(details).map(([name, value]) => `${name} ${[value].flat().join(", ")}`);
  notice(`${step}: ${told.join(", ")}`, "debug");
  onStep?.(progress);
}

/** Where the interfaces are. */
interface Endpoint {
  /** The server's addresses; all that is known is that the first answers, where the endpoint mapper was asked. */
  readonly addresses: readonly string[];
  readonly port: number;
}

async function findEndpoint(request: ConnectRequest, logon: Logon): Promise<Endpoint> {
  const { options, signal } = request;
  const host = hostOf(request);
  began(request, { step: "resolve", host });
  const addresses = await resolveHost({ host, signal: deadline(options.connectTimeoutMs, signal) });
  if (options.port !== null) return { addresses, port: options.port };
  began(request, { step: "endpoint-mapper", addresses, port: options.epmPort });
  let answering: string | null = null;
  const dial = async (limit: AbortSignal): Promise<Link> => {
    const tried = answering === null ? addresses : [answering];
    const link = await dialTcp({ host, addresses: tried, port: options.epmPort, signal: limit });
    if (answering === null) began(request, { step: "endpoint-map", peer: link.peer });
    answering = link.address;
    return link;
  };
  const port = await askMapper(request, dial, logon);
  return { addresses: [answering ?? "", ...addresses.filter((address) => address !== answering)], port };
}

/** Asks as everybody may; where that is refused, with the logon that the print interfaces will have. */
async function askMapper(
  request: ConnectRequest,
  dial: (limit: AbortSignal) => Promise<Link>,
  logon: Logon,
): Promise<number> {
  const { options, signal, tracer, notice, iface = IRPCAsyncNotify } = request;
  const limit = (): AbortSignal => deadline(options.connectTimeoutMs, signal);
  try {
    return await mapEndpoint({ dial, iface, deadline: limit, tracer });
  } catch (error) {
    if (!(error instanceof AnonymousRefusedError)) throw error;
    notice(`${error.message}: asked again with the logon`, "verbose");
  }
  const security = () => logon.context();
  return withFallback(logon, signal, () => mapEndpoint({ dial, iface, security, deadline: limit, tracer }));
}

/** Tries once more, by NTLM alone, when a Kerberos ticket that was only desired is refused. */
function withFallback<T>(logon: Logon, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  return attempt().catch((error: unknown) => {
    if (signal.aborted || !logon.fallBack(error)) throw error;
    return attempt();
  });
}

function hostOf({ target, options }: ConnectRequest): string {
  return options.targetIp ?? target.server;
}

async function openAssociation(request: ConnectRequest, endpoint: Endpoint, logon: Logon): Promise<Association> {
  const { options, tracer, signal, notice } = request;
  const { port } = endpoint;
  let { addresses } = endpoint;
  let opening: AbortSignal | undefined = signal;
  const open = (): Promise<Association> => {
    began(request, { step: "credentials", addresses, port });
    return Association.open({
      dial: async (limit) => {
        began(request, { step: "port", addresses, port });
        const link = await dialTcp({ host: hostOf(request), addresses, port, signal: limit });
        // All connections of an association go to one address: the first of the server's that accepts one.
        addresses = [link.address];
        began(request, { step: "logon", peer: link.peer });
        return link;
      },
      security: () => logon.context(),
      level: options.level,
      iface: request.iface ?? IRPCRemoteObject,
      transferSyntaxes: TRANSFER_SYNTAXES[options.transferSyntax],
      multiplex: options.multiplex,
      deadline: () => deadline(options.connectTimeoutMs, opening),
      answerMs: options.connectTimeoutMs,
      tracer,
      note: (text) => notice(text, "debug"),
    });
  };
  try {
    return await withFallback(logon, signal, open);
  } finally {
    // Connections that are opened later, for leaving too, are bounded by time alone.
    opening = undefined;
  }
}
