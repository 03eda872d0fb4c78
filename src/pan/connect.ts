import { IRPCAsyncNotify, IRPCRemoteObject } from "./idl.js";
import { Association } from "../rpc/association.js";
import { mapEndpoint } from "../rpc/endpoint-mapper/map-endpoint.js";
import type { RpcInterface } from "../rpc/interface.js";
import type { PduTracer } from "../rpc/tracer.js";
import type { Identity } from "../security/identity.js";
import { openLogon, type Logon } from "../security/logon.js";
import type { TransferSyntax } from "../ndr/syntax.js";
import { UnreachableError } from "../errors.js";
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
 * A step of the way to a print server that begins now; `panwatch doctor` tells of each. In order, but for two detours: a
 * server given by its port is asked which of its addresses answers ("port") before the credentials are got together, and
 * when it refuses a Kerberos ticket, NTLM begins again with the credentials.
 */
export type ConnectProgress =
  | { readonly step: "resolve"; readonly host: string }
  | { readonly step: "endpoint-mapper"; readonly addresses: readonly string[]; readonly port: number }
  | { readonly step: "endpoint-map"; readonly peer: string }
  /** A ticket or a password; a person may be asked for it. */
  | { readonly step: "credentials"; readonly port: number }
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
  /** Told as each step begins. */
  readonly onStep?: (progress: ConnectProgress) => void;
}

const TRANSFER_SYNTAXES: Record<ConnectionOptions["transferSyntax"], readonly TransferSyntax[]> = {
  auto: ["ndr64", "ndr"],
  ndr: ["ndr"],
  ndr64: ["ndr64"],
};

/**
 * Goes the whole way: name → endpoint mapper → port → bind and logon. Throws an UnreachableError, NoInterfaceError,
 * AuthenticationError or ProtocolError. With Kerberos desired, a server that refuses the ticket is asked once more, on a
 * new connection, by NTLM alone.
 */
export async function connectPrintServer(request: ConnectRequest): Promise<Connection> {
  const { target, options, notice } = request;
  const endpoint = await findEndpoint(request);
  const { spn, level } = options;
  const logon = await openLogon(target.identity, { server: target.server, spn, level, notice });
  try {
    const association = await openAssociation(request, endpoint, logon);
    const close = async (): Promise<void> => {
      association.close();
      await logon[Symbol.asyncDispose]();
    };
    return { association, close };
  } catch (error) {
    await logon[Symbol.asyncDispose]();
    throw error;
  }
}

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

async function findEndpoint(request: ConnectRequest): Promise<Endpoint> {
  const { target, options, signal, onStep, tracer } = request;
  const host = options.targetIp ?? target.server;
  onStep?.({ step: "resolve", host });
  const found = await resolveHost({ host, signal: deadline(options.connectTimeoutMs, signal) });
  const addresses = found.map(({ address }) => address);
  const { port: known, epmPort } = options;
  onStep?.(
    known === null ? { step: "endpoint-mapper", addresses, port: epmPort } : { step: "port", addresses, port: known },
  );
  const address = await chooseAddress(addresses, request);
  if (known !== null) return { address, port: known };
  const port = await mapEndpoint({
    dial: async (limit) => {
      const link = await dialTcp({ host: address, port: epmPort, signal: limit });
      onStep?.({ step: "endpoint-map", peer: link.peer });
      return link;
    },
    iface: request.iface ?? IRPCAsyncNotify,
    deadline: () => deadline(options.connectTimeoutMs, signal),
    tracer,
  });
  return { address, port };
}

/** All connections of an association go to one address: of several, the first that accepts a connection. */
async function chooseAddress(addresses: readonly string[], request: ConnectRequest): Promise<string> {
  const { options, signal } = request;
  let failure: unknown = new UnreachableError("resolve", `the name ${request.target.server} has no address`);
  for (const address of addresses) {
    if (addresses.length === 1) return address;
    try {
      const port = options.port ?? options.epmPort;
      const link = await dialTcp({ host: address, port, signal: deadline(options.connectTimeoutMs, signal) });
      link.destroy();
      return address;
    } catch (error) {
      if (signal.aborted) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function openAssociation(request: ConnectRequest, endpoint: Endpoint, logon: Logon): Promise<Association> {
  const { options, tracer, signal, onStep } = request;
  const { address, port } = endpoint;
  let opening: AbortSignal | undefined = signal;
  const open = (): Promise<Association> => {
    onStep?.({ step: "credentials", port });
    return Association.open({
      dial: async (limit) => {
        onStep?.({ step: "port", addresses: [address], port });
        const link = await dialTcp({ host: address, port, signal: limit });
        onStep?.({ step: "logon", peer: link.peer });
        return link;
      },
      security: () => logon.context(),
      level: options.level,
      iface: request.iface ?? IRPCRemoteObject,
      transferSyntaxes: TRANSFER_SYNTAXES[options.transferSyntax],
      deadline: () => deadline(options.connectTimeoutMs, opening),
      tracer,
    });
  };
  try {
    return await open().catch((error: unknown) => {
      if (signal.aborted || !logon.fallBack(error)) throw error;
      return open();
    });
  } finally {
    // Connections that are opened later, for leaving too, are bounded by time alone.
    opening = undefined;
  }
}
