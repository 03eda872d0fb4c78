import { hex32 } from "../../bytes/hex.js";
import {
  DecodeError,
  DisconnectedError,
  FaultError,
  NoInterfaceError,
  ProtocolError,
  UnreachableError,
} from "../../errors.js";
import type { AuthLevel, SecurityContext } from "../../security/context.js";
import { onAbort } from "../../waiting.js";
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
  /** Makes the security of the connection; without it the mapper is asked anonymously, as it may be where no policy forbids. */
  readonly security?: () => Promise<SecurityContext>;
  /** Bounds the whole of it, but for the finding of credentials. */
  readonly deadline: () => AbortSignal;
  readonly tracer?: PduTracer | undefined;
}

/** One tower is all that is needed: servers list the same port for each of their addresses. */
const MAX_TOWERS = 1;
/** The level that protects the answer of those who log on ([MS-RPCE] 3.3.2.6.3). */
const LEVEL: AuthLevel = "integrity";
/** ERROR_ACCESS_DENIED, the fault of calls that are not allowed. */
const ACCESS_DENIED = 5;
/** Far more than one tower takes. */
const MAX_STUB = 64 * 1024;
const UNUSED_ADDRESS = new Uint8Array(4);

const NOT_REGISTERED_HINT =
  "the spooler listens on TCP only when it runs and remote connections to it are allowed (policy " +
  "RegisterSpoolerRemoteRpcEndPoint, and RpcProtocols under HKLM\\Software\\Policies\\Microsoft\\Windows NT\\Printers\\RPC); " +
  "with a static RpcTcpPort give connection.port";

const DENIED_HINT =
  "the policy RestrictRemoteClients (Restrict Unauthenticated RPC clients) of the server is stricter than usual; with the " +
  "spooler's port known, give connection.port";

/** An endpoint mapper that answers nobody who has not logged on ([MS-RPCE] 3.1.1.1.3, RestrictRemoteClients). */
export class AnonymousRefusedError extends UnreachableError {}

/**
 * Asks a server's endpoint mapper for the TCP port of an interface; with a logon at the level integrity, which protects the
 * answer ([MS-RPCE] 3.3.2.6.3). Throws a NoInterfaceError when the interface is not registered there, an
 * AnonymousRefusedError when a logon is wanted, an UnreachableError (stage `endpoint-map`) when the mapper does not answer as
 * it should, and what `dial`, `security` and the logon throw.
 */
export async function mapEndpoint({ dial, deadline, security, tracer, iface }: MapEndpointOptions): Promise<number> {
  let peer = "";
  const bind = async (logon: LogonExchange) => {
    const signal = deadline();
    const link = await dial(signal);
    peer = link.peer;
    return { signal, connection: await bindMapper(link, logon, signal, tracer) };
  };
  try {
    const { signal, connection } = await LogonExchange.run((await security?.()) ?? null, LEVEL, bind);
    return await ask(connection, iface, signal);
  } catch (error) {
    throw endpointMapError(error, peer, security === undefined);
  }
}

async function ask(connection: ClientConnection, iface: RpcInterface, signal: AbortSignal): Promise<number> {
  const { peer } = connection;
  using _ = onAbort(signal, () =>
    connection.destroy(connectAbortError(signal, "endpoint-map", `the endpoint mapper at ${peer} did not answer`)),
  );
  try {
    const { context } = connection.agreement;
    const answer = await connection.call({
      context,
      opnum: EPT_MAP_OPNUM,
      stub: encodeEptMapRequest({ tower: towerFor(iface), maxTowers: MAX_TOWERS }),
      what: "ept_map",
      maxStub: MAX_STUB,
    });
    return portOf(decodeEptMapResponse(answer), iface, peer);
  } finally {
    connection.close();
  }
}

function bindMapper(
  link: Link,
  logon: LogonExchange,
  signal: AbortSignal,
  tracer: PduTracer | undefined,
): Promise<ClientConnection> {
  let callId = 0;
  return ClientConnection.bind(
    link,
    {
      label: "epm",
      iface: EPMAPPER,
      transferSyntaxes: ["ndr"],
      logon,
      assocGroup: 0,
      multiplex: false,
      nextCallId: () => ++callId,
      tracer,
    },
    signal,
  );
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
function endpointMapError(error: unknown, peer: string, anonymous: boolean): unknown {
  const text = (problem: string): string => `the endpoint mapper at ${peer} ${problem}`;
  if (error instanceof FaultError && error.status === ACCESS_DENIED) {
    const details = { cause: error, hint: DENIED_HINT };
    if (anonymous)
      return new AnonymousRefusedError("endpoint-map", text("answers nobody who has not logged on"), details);
    return new UnreachableError("endpoint-map", text("refuses to answer, after the logon too"), details);
  }
  if (error instanceof FaultError || error instanceof DisconnectedError)
    return new UnreachableError("endpoint-map", text(`did not answer ept_map: ${error.message}`), { cause: error });
  if (error instanceof DecodeError)
    return new ProtocolError(text(`sent a malformed answer: ${error.message}`), { cause: error });
  if (error instanceof UnreachableError && error.stage === "bind")
    return new UnreachableError("endpoint-map", error.message, { cause: error, hint: error.hint ?? undefined });
  return error;
}
