import { ClientConnection, type ConnectionOptions } from "../../../src/rpc/client-connection.js";
import type { ConnectionCall } from "../../../src/rpc/pending-call.js";
import type { RpcInterface } from "../../../src/rpc/interface.js";
import { LogonExchange } from "../../../src/rpc/logon-exchange.js";
import type { SecurityContext } from "../../../src/security/context.js";
import type { ScriptedServer } from "./scripted-server.js";

export const ECHO: RpcInterface = {
  name: "Echo",
  uuid: "01234567-89ab-cdef-0123-456789abcdef",
  major: 1,
  minor: 0,
};

export interface BindingOptions extends Partial<Omit<ConnectionOptions, "logon">> {
  readonly security?: SecurityContext | null;
  readonly signal?: AbortSignal;
}

/** Binds the echo interface to a scripted server, call_ids from 1. */
export async function bind(
  server: ScriptedServer,
  { security = null, signal = new AbortController().signal, ...options }: BindingOptions = {},
): Promise<ClientConnection> {
  let callId = 0;
  return LogonExchange.run(security, "privacy", (logon) =>
    ClientConnection.bind(
      server.link,
      {
        label: "1",
        iface: ECHO,
        transferSyntaxes: ["ndr64", "ndr"],
        logon,
        assocGroup: 0,
        multiplex: true,
        nextCallId: () => ++callId,
        ...options,
      },
      signal,
    ),
  );
}

/** A call of opnum 7 with the given stub. */
export function echo(
  connection: ClientConnection,
  stub: Uint8Array,
  options: Partial<ConnectionCall> = {},
): Promise<Uint8Array> {
  return connection.call({
    context: connection.agreement.context,
    opnum: 7,
    stub,
    what: "Echo",
    maxStub: 1_000_000,
    ...options,
  });
}
