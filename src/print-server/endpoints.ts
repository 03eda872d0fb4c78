import { IRPCAsyncNotify, IRPCRemoteObject } from "../pan/idl.js";
import { MAX_FRAGMENT } from "../rpc/handshake.js";
import { BIND_FEATURES } from "../rpc/syntaxes.js";
import type { SecurityContext } from "../security/context.js";
import { NtlmAcceptor } from "../security/ntlm/acceptor.js";
import { SpnegoAcceptor } from "../security/spnego/acceptor.js";
import { endpointMapService } from "./endpoint-map-service.js";
import { MANAGEMENT_SERVICE } from "./management-service.js";
import { Client } from "./model/client.js";
import type { Emit } from "./model/events.js";
import type { PanModel } from "./model/model.js";
import type { PrintServerOptions } from "./options.js";
import { type Override, panServices } from "./pan-services.js";
import { IRemoteWinspool, winspool } from "../spooler/idl.js";
import { spoolerServices } from "./spooler-services.js";
import { type AssociationOwner, Associations } from "../rpc/server/associations.js";
import type { Endpoint } from "../rpc/server/endpoint.js";

/**
 * Stubs of requests may be larger than the largest response that is taken (0x00A00000), so that one above it gets the
 * result that [MS-PAN] 3.1.1.4.4 has for it.
 */
const MAX_REQUEST = 0x0100_0000;

export interface PanEndpointOptions {
  readonly options: PrintServerOptions;
  readonly model: PanModel;
  readonly override: Override;
  readonly emit: Emit;
  readonly onBug: (error: unknown) => void;
}

/** The port of the interfaces of [MS-PAN] and of the spooler, where clients log on. */
export function panEndpoint({
  options,
  model,
  override,
  emit,
  onBug,
}: PanEndpointOptions): (port: number) => Endpoint<Client> {
  let clients = 0;
  const associations = new Associations((peer) => {
    const client = new Client(model, ++clients);
    emit({ ...client.origin, type: "client.connected", peer });
    return client;
  });
  return (port) => ({
    services: [...panServices(override), ...spoolerServices(() => model.printers ?? []), MANAGEMENT_SERVICE],
    associations,
    transferSyntaxes: options.transferSyntaxes ?? ["ndr64", "ndr"],
    // Only what is there is granted: one security context for a connection.
    features: options.featureNegotiation === false ? null : BIND_FEATURES.keepConnectionOnOrphan,
    maxFragment: options.maxFragment ?? MAX_FRAGMENT,
    maxRequest: MAX_REQUEST,
    multiplexing: options.multiplexing ?? true,
    headerSigning: options.headerSigning ?? true,
    minLevel: options.minLevel ?? "packet",
    signFaults: options.signFaults ?? false,
    security: () => acceptor(options),
    secondaryAddress: `${port}`,
    onLogon: (client, { mechanism, level }) => emit({ ...client.origin, type: "client.loggedOn", mechanism, level }),
    onLogonFailed: (client, error) => emit({ ...client.origin, type: "client.logonFailed", reason: error.message }),
    onBug,
  });
}

/** The port of an endpoint mapper that knows where these interfaces are. */
export function mapperEndpoint(
  target: { readonly address: string; readonly port: number },
  options: PrintServerOptions,
  onBug: (error: unknown) => void,
): (port: number) => Endpoint<AssociationOwner> {
  const interfaces = [IRPCAsyncNotify, IRPCRemoteObject, IRemoteWinspool, winspool];
  const { epmMinLevel } = options;
  const map = { interfaces, port: target.port, address: ipv4Bytes(target.address) };
  return (port) => ({
    services: [endpointMapService(map, epmMinLevel !== undefined), MANAGEMENT_SERVICE],
    associations: new Associations(() => ({ user: null, unread: () => undefined, rundown: () => undefined })),
    transferSyntaxes: ["ndr"],
    features: null,
    maxFragment: MAX_FRAGMENT,
    maxRequest: MAX_FRAGMENT,
    multiplexing: true,
    headerSigning: options.headerSigning ?? true,
    minLevel: epmMinLevel ?? "packet",
    signFaults: false,
    security: epmMinLevel === undefined ? null : () => acceptor(options),
    secondaryAddress: `${port}`,
    onLogon: () => undefined,
    onLogonFailed: () => undefined,
    onBug,
  });
}

const COMPUTER = "PANWATCH";

function acceptor({ users, timestamp }: PrintServerOptions): SecurityContext {
  const accounts = users.map(({ name, password }) => ({ name, secret: { kind: "password", password } as const }));
  const ntlm = new NtlmAcceptor({
    users: accounts,
    computer: COMPUTER,
    domain: COMPUTER,
    // None, or an empty one, is taken as by Windows.
    acceptsTarget: (target) => target === null || target === "" || /^host\/./i.test(target),
    timestamp: timestamp ?? true,
  });
  return new SpnegoAcceptor({ mechanisms: [ntlm] });
}

function ipv4Bytes(address: string): Uint8Array {
  const parts = address.split(".").map(Number);
  return parts.length === 4 ? Uint8Array.from(parts) : new Uint8Array(4);
}
