import { hex32 } from "../../bytes/hex.js";
import {
  DecodeError,
  DisconnectedError,
  FaultError,
  NoInterfaceError,
  ProtocolError,
  UnreachableError,
} from "../../errors.js";
import { connectAbortError } from "../abort.js";
import { ClientConnection } from "../client-connection.js";
import type { RpcInterface } from "../interface.js";
import type { Link } from "../link.js";
import { LogonExchange } from "../logon-exchange.js";
import { transferSyntaxId } from "../syntaxes.js";
import type { PduTracer } from "../tracer.js";
import {
  decodeEptMapResponse,
  encodeEptMapRequest,
  EPMAPPER,
  EPT_MAP_OPNUM,
  EPT_NOT_REGISTERED,
  type EptMapResponse,
} from "./ept-map.js";
import { decodeTower, encodeTower } from "./tower.js";

/** Whom to ask for which interface. */
export interface MapEndpointOptions {
  /** Opens a connection to the endpoint mapper, port 135. */
  readonly dial: (signal: AbortSignal) => Promise<Link>;
  readonly iface: RpcInterface;
  /** Bounds the whole of it. */
  readonly deadline: () => AbortSignal;
  readonly tracer?: PduTracer | undefined;
}

/** One tower is all that is needed: servers list the same port for each of their addresses. */
const MAX_TOWERS = 1;
/** Far more than one tower takes. */
const MAX_STUB = 64 * 1024;
const UNUSED_ADDRESS = new Uint8Array(4);

const NOT_REGISTERED_HINT =
  "the spooler listens on TCP only when it runs and remote connections to it are allowed (policy " +
  "RegisterSpoolerRemoteRpcEndPoint, and RpcProtocols under HKLM\\Software\\Policies\\Microsoft\\Windows NT\\Printers\\RPC); " +
  "with a static RpcTcpPort give --port";

/**
 * Asks a server's endpoint mapper, without logging on, for the TCP port of an interface. Throws a NoInterfaceError when the
 * interface is not registered there, an UnreachableError (stage `endpoint-map`) when the mapper does not answer as
 * it should, and what `dial` throws.
 */
export async function mapEndpoint({ dial, iface, deadline, tracer }: MapEndpointOptions): Promise<number> {
  const signal = deadline();
  const link = await dial(signal);
  try {
    return await ask(link, iface, signal, tracer);
  } catch (error) {
    throw endpointMapError(error, link.peer);
  }
}

async function ask(
  link: Link,
  iface: RpcInterface,
  signal: AbortSignal,
  tracer: PduTracer | undefined,
): Promise<number> {
  const connection = await bindMapper(link, signal, tracer);
  const giveUp = (): void =>
    connection.destroy(connectAbortError(signal, "endpoint-map", `the endpoint mapper at ${link.peer} did not answer`));
  if (signal.aborted) giveUp();
  else signal.addEventListener("abort", giveUp, { once: true });
  try {
    const { context } = connection.agreement;
    const answer = await connection.call({
      context,
      opnum: EPT_MAP_OPNUM,
      stub: encodeEptMapRequest({ tower: towerFor(iface), maxTowers: MAX_TOWERS }),
      what: "ept_map",
      maxStub: MAX_STUB,
    });
    return portOf(decodeEptMapResponse(answer), iface, link.peer);
  } finally {
    signal.removeEventListener("abort", giveUp);
    connection.close();
  }
}

async function bindMapper(link: Link, signal: AbortSignal, tracer: PduTracer | undefined): Promise<ClientConnection> {
  let callId = 0;
  const nextCallId = (): number => ++callId;
  const options = {
    label: "epm",
    iface: EPMAPPER,
    transferSyntaxes: ["ndr"],
    assocGroup: 0,
    multiplex: false,
    nextCallId,
    tracer,
  } as const;
  return LogonExchange.run(null, "privacy", (logon) => ClientConnection.bind(link, { ...options, logon }, signal));
}

function towerFor({ uuid, major, minor }: RpcInterface): Uint8Array {
  return encodeTower({
    interfaceId: { uuid, major, minor },
    transferSyntax: transferSyntaxId("ndr"),
    port: 0,
    address: UNUSED_ADDRESS,
  });
}

function portOf({ towers, status }: EptMapResponse, iface: RpcInterface, peer: string): number {
  if (status !== 0 && status !== EPT_NOT_REGISTERED)
    throw new UnreachableError("endpoint-map", `the endpoint mapper at ${peer} answered with status ${hex32(status)}`);
  for (const octets of status === 0 ? towers : []) {
    const tower = decodeTower(octets);
    if (tower !== null && tower.port !== 0 && tower.interfaceId.uuid === iface.uuid) return tower.port;
  }
  throw new NoInterfaceError(`the endpoint mapper at ${peer} knows no TCP port for ${iface.name}`, {
    hint: NOT_REGISTERED_HINT,
  });
}

/** Puts errors that only make sense on an open association into terms of connecting. */
function endpointMapError(error: unknown, peer: string): unknown {
  const text = (problem: string): string => `the endpoint mapper at ${peer} ${problem}`;
  if (error instanceof FaultError || error instanceof DisconnectedError)
    return new UnreachableError("endpoint-map", text(`did not answer ept_map: ${error.message}`), { cause: error });
  if (error instanceof DecodeError)
    return new ProtocolError(text(`sent a malformed answer: ${error.message}`), { cause: error });
  if (error instanceof UnreachableError && error.stage === "bind")
    return new UnreachableError("endpoint-map", error.message, { cause: error, hint: error.hint ?? undefined });
  return error;
}
