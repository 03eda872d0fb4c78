import type { ContextHandle } from "../../src/ndr/types.js";
import {
  closeChannel,
  create,
  deleteObject,
  getNewChannel,
  getNotification,
  getNotificationSendResponse,
  IRPCAsyncNotify,
  IRPCRemoteObject,
  registerClient,
  unregisterClient,
} from "../../src/pan/idl.js";
import { ASYNC_UI, PER_USER, UNIDIRECTIONAL } from "../../src/pan/types.js";
import { Association, type AssociationOptions } from "../../src/rpc/association.js";
import { NtlmInitiator } from "../../src/security/ntlm/initiator.js";
import { SpnegoInitiator } from "../../src/security/spnego/initiator.js";
import { dialTcp } from "../../src/transport/dial.js";

export const ALICE = { name: "alice", password: "Passw0rd!" };

export interface ConnectOptions extends Partial<AssociationOptions> {
  readonly password?: string;
  readonly user?: string;
  readonly targetName?: string;
}

/** A logged-on association with a print server on loopback. */
export function connect(port: number, options: ConnectOptions = {}): Promise<Association> {
  const { password = ALICE.password, user = ALICE.name, targetName = "host/printsrv", ...rest } = options;
  return Association.open({
    dial: (signal) => dialTcp({ host: "127.0.0.1", port, signal }),
    security: () =>
      Promise.resolve(
        new SpnegoInitiator(
          new NtlmInitiator({
            user,
            domain: "DOM",
            secret: () => Promise.resolve({ kind: "password", password }),
            targetName,
          }),
        ),
      ),
    level: "privacy",
    iface: IRPCRemoteObject,
    transferSyntaxes: ["ndr64", "ndr"],
    deadline: () => AbortSignal.timeout(10_000),
    ...rest,
  });
}

/** The eight methods on an association, with the values that tests seldom vary filled in. */
export class Caller {
  readonly association: Association;

  constructor(association: Association) {
    this.association = association;
  }

  async create(): Promise<ContextHandle> {
    return (await this.association.call(IRPCRemoteObject, create, {})).ppRemoteObj;
  }

  delete(ppRemoteObj: ContextHandle) {
    return this.association.call(IRPCRemoteObject, deleteObject, { ppRemoteObj });
  }

  async register(
    pRegistrationObj: ContextHandle,
    {
      pName = null,
      type = ASYNC_UI,
      filter = PER_USER,
      style = UNIDIRECTIONAL,
    }: { pName?: string | null; type?: string; filter?: number; style?: number } = {},
  ): Promise<number> {
    const values = { pRegistrationObj, pName, pInNotificationType: type, NotifyFilter: filter };
    const out = await this.association.call(IRPCAsyncNotify, registerClient, { ...values, conversationStyle: style });
    return out.result;
  }

  async unregister(pRegistrationObj: ContextHandle): Promise<number> {
    return (await this.association.call(IRPCAsyncNotify, unregisterClient, { pRegistrationObj })).result;
  }

  getNotification(pRemoteObj: ContextHandle) {
    return this.association.call(IRPCAsyncNotify, getNotification, { pRemoteObj });
  }

  getNewChannel(pRemoteObj: ContextHandle) {
    return this.association.call(IRPCAsyncNotify, getNewChannel, { pRemoteObj });
  }

  sendResponse(pChannel: ContextHandle, type: string | null = null, data: Uint8Array | null = null) {
    const values = { pChannel, pInNotificationType: type, InSize: data?.length ?? 0, pInNotificationData: data };
    return this.association.call(IRPCAsyncNotify, getNotificationSendResponse, values);
  }

  closeChannel(pChannel: ContextHandle, type: string, data: Uint8Array | null = null) {
    const values = { pChannel, pInNotificationType: type, InSize: data?.length ?? 0, pReason: data };
    return this.association.call(IRPCAsyncNotify, closeChannel, values);
  }
}
