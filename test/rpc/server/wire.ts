import { setImmediate } from "node:timers/promises";
import { DisconnectedError } from "../../../src/errors.js";
import { create, getNotification, registerClient } from "../../../src/pan/idl.js";
import { panServices } from "../../../src/print-server/pan-services.js";
import { Client } from "../../../src/print-server/model/client.js";
import type { ClientEvent } from "../../../src/print-server/model/events.js";
import { DEFAULT_LIMITS, PanModel } from "../../../src/print-server/model/model.js";
import { Associations } from "../../../src/rpc/server/associations.js";
import { ServerConnection } from "../../../src/rpc/server/connection.js";
import type { Endpoint } from "../../../src/rpc/server/endpoint.js";
import { PduFramer } from "../../../src/rpc/framing.js";
import type { Link, LinkHandlers } from "../../../src/rpc/link.js";
import type { AlterContextPdu, BindPdu } from "../../../src/rpc/pdu/bind.js";
import { decodePdu, type Pdu } from "../../../src/rpc/pdu/pdu.js";
import { encodePdu } from "../support/encode-pdu.js";
import type { RequestPdu } from "../../../src/rpc/pdu/request.js";
import { PFC, WHOLE } from "../../../src/rpc/pdu/types.js";
import { bindFeatureSyntax, transferSyntaxId } from "../../../src/rpc/syntaxes.js";
import { IRPCAsyncNotify, IRPCRemoteObject } from "../../../src/pan/idl.js";
import { encodeRequest } from "../../../src/ndr/method.js";
import { ASYNC_UI, PER_USER, UNIDIRECTIONAL } from "../../../src/pan/types.js";
import { NULL_HANDLE } from "../../../src/ndr/types.js";

/** A link without a network: what the server sends is kept, what it gets is given by hand. */
export class Wire implements Link {
  readonly peer: string;
  queued = 0;
  closedBy: "nobody" | "gently" | "at once" | "client" = "nobody";
  readonly #framer = new PduFramer();
  readonly #sent: Uint8Array[] = [];
  #handlers: LinkHandlers | null = null;

  constructor(peer = "127.0.0.1:40000") {
    this.peer = peer;
  }

  start(handlers: LinkHandlers): void {
    this.#handlers = handlers;
  }

  send(bytes: Uint8Array): void {
    this.#sent.push(...this.#framer.push(bytes));
  }

  close(): void {
    this.closedBy = "gently";
  }

  destroy(): void {
    this.closedBy = "at once";
  }

  /** The client has read everything. */
  drain(): void {
    this.queued = 0;
    this.#handlers?.drained?.();
  }

  /** The client hangs up. */
  hangUp(): void {
    this.closedBy = "client";
    this.#handlers?.closed(new DisconnectedError("gone"));
  }

  /** Gives the server bytes, and everything it sent for them. */
  async exchange(...chunks: Uint8Array[]): Promise<Pdu[]> {
    for (const chunk of chunks) this.#handlers?.data(new Uint8Array(chunk));
    await setImmediate();
    return this.#sent.splice(0).map((bytes) => decodePdu(bytes));
  }
}

/** A server without logon, so that every method can be reached with plain bytes. */
export class OpenServer {
  readonly model: PanModel;
  readonly events: ClientEvent[] = [];
  readonly bugs: unknown[] = [];
  readonly endpoint: Endpoint<Client>;
  #clients = 0;

  constructor(changes: Partial<Endpoint<Client>> = {}) {
    const emit = (event: ClientEvent): void => void this.events.push(event);
    this.model = new PanModel({ ...DEFAULT_LIMITS, printers: null, admins: [], emit });
    this.endpoint = {
      services: panServices(() => null).map((service) => ({ ...service, secured: false })),
      associations: new Associations(() => new Client(this.model, ++this.#clients)),
      transferSyntaxes: ["ndr64", "ndr"],
      features: 2,
      maxFragment: 5840,
      maxRequest: 0x0100_0000,
      multiplexing: true,
      headerSigning: true,
      minLevel: "packet",
      signFaults: false,
      security: null,
      secondaryAddress: "49213",
      onLogon: () => undefined,
      onLogonFailed: () => undefined,
      onBug: (error) => this.bugs.push(error),
      ...changes,
    };
  }

  /** A new connection to the server. */
  connect(peer?: string): Wire {
    const wire = new Wire(peer);
    new ServerConnection(wire, this.endpoint, () => undefined);
    return wire;
  }
}

const contextFor = (iface: typeof IRPCAsyncNotify, id: number, syntax: "ndr" | "ndr64") => ({
  id,
  abstractSyntax: { uuid: iface.uuid, major: iface.major, minor: iface.minor },
  transferSyntaxes: [transferSyntaxId(syntax)],
});

/** Contexts 0 to 3: both interfaces in both syntaxes; 4: feature negotiation. */
export const CONTEXTS = [
  contextFor(IRPCRemoteObject, 0, "ndr"),
  contextFor(IRPCRemoteObject, 1, "ndr64"),
  contextFor(IRPCAsyncNotify, 2, "ndr"),
  contextFor(IRPCAsyncNotify, 3, "ndr64"),
  { ...contextFor(IRPCAsyncNotify, 4, "ndr"), transferSyntaxes: [bindFeatureSyntax(3)] },
];

export function bind(changes: Partial<BindPdu> = {}): Uint8Array {
  return encodePdu({
    type: "bind",
    flags: WHOLE | PFC.CONC_MPX,
    callId: 1,
    auth: null,
    maxXmit: 5840,
    maxRecv: 5840,
    assocGroup: 0,
    contexts: CONTEXTS,
    ...changes,
  });
}

/** An alter_context without a logon. */
export function alter(changes: Partial<AlterContextPdu> = {}): Uint8Array {
  const sizes = { maxXmit: 5840, maxRecv: 5840, assocGroup: 0 };
  return encodePdu({ type: "alter_context", flags: WHOLE, callId: 1, auth: null, ...sizes, contexts: [], ...changes });
}

/** Both interfaces in NDR, contexts 0 and 2: a bind for the one, an alter_context for the other. */
export function bindNdr(changes: Partial<BindPdu> = {}): Uint8Array {
  return Buffer.concat([
    bind({ contexts: [contextFor(IRPCRemoteObject, 0, "ndr")], ...changes }),
    alter({ contexts: [contextFor(IRPCAsyncNotify, 2, "ndr")] }),
  ]);
}

export function request(changes: Partial<RequestPdu>): Uint8Array {
  const stub = changes.stub ?? new Uint8Array(0);
  return encodePdu({
    type: "request",
    flags: WHOLE,
    callId: 2,
    auth: null,
    allocHint: stub.length,
    contextId: 0,
    opnum: 0,
    object: null,
    stub,
    ...changes,
  });
}

/** Stubs in NDR of three methods, with a NULL handle where one is needed. */
export const STUBS = {
  create: encodeRequest(create, "ndr", {}),
  register: encodeRequest(registerClient, "ndr", {
    pRegistrationObj: NULL_HANDLE,
    pName: "\\\\server\\HP4",
    pInNotificationType: ASYNC_UI,
    NotifyFilter: PER_USER,
    conversationStyle: UNIDIRECTIONAL,
  }),
  getNotification: encodeRequest(getNotification, "ndr", { pRemoteObj: NULL_HANDLE }),
};
