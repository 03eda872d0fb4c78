import { NIL_GUID, type Guid } from "../bytes/guid.js";
import type { InOf, Method, OutOf } from "../ndr/method.js";
import { type ContextHandle, NULL_HANDLE } from "../ndr/types.js";
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
} from "../pan/idl.js";
import type { Client } from "./model/client.js";
import type { Payload } from "./model/source.js";
import { type Reply, serve, type ServerMethod, type Service } from "../rpc/server/service.js";

/** An HRESULT that a test puts in the place of a method's work; null lets the method do it. */
export type Override = (method: string) => number | null;

/** Both interfaces of [MS-PAN], answered by the model of the client that calls. */
export function panServices(override: Override): Service<Client>[] {
  return [remoteObjectService(override), asyncNotifyService(override)];
}

function remoteObjectService(override: Override): Service<Client> {
  const methods = [
    offer(
      override,
      create,
      (result) => ({ ppRemoteObj: NULL_HANDLE, result }),
      (client, _values, reply) => {
        client.create(reply(({ handle, result }) => ({ ppRemoteObj: handleFor(handle), result })));
      },
    ),
    serve(deleteObject, (client: Client, { ppRemoteObj }, reply) => {
      client.delete(
        idOf(ppRemoteObj),
        reply(() => ({ ppRemoteObj: NULL_HANDLE })),
      );
    }),
  ];
  return { interface: IRPCRemoteObject, secured: true, methods };
}

function asyncNotifyService(override: Override): Service<Client> {
  const methods = [
    offer(override, registerClient, registered, (client, values, reply) => {
      const { pName, pInNotificationType: notificationType, NotifyFilter: notifyFilter, conversationStyle } = values;
      const request = { pName, notificationType, notifyFilter, conversationStyle };
      client.register(idOf(values.pRegistrationObj), request, reply(registered));
    }),
    offer(
      override,
      unregisterClient,
      (result) => ({ result }),
      (client, { pRegistrationObj }, reply) => {
        client.unregister(
          idOf(pRegistrationObj),
          reply((result) => ({ result })),
        );
      },
    ),
    offer(
      override,
      getNewChannel,
      (result) => channels(result, []),
      (client, { pRemoteObj }, reply) => {
        client.getNewChannel(
          idOf(pRemoteObj),
          reply((results) => channels(results.result, results.channels)),
        );
      },
    ),
    offer(
      override,
      getNotificationSendResponse,
      (result, { pChannel }) => ({ pChannel, ...notification(result, null) }),
      (client, { pChannel, pInNotificationType: type, pInNotificationData: data }, reply) => {
        const answer = reply((results: { result: number; open: boolean; notification: Payload | null }) => ({
          pChannel: results.open ? pChannel : NULL_HANDLE,
          ...notification(results.result, results.notification),
        }));
        client.sendResponse(idOf(pChannel), { type, data: data ?? NOTHING }, answer);
      },
    ),
    offer(
      override,
      getNotification,
      (result) => notification(result, null),
      (client, { pRemoteObj }, reply) => {
        client.getNotification(
          idOf(pRemoteObj),
          reply((results) => notification(results.result, results.notification)),
        );
      },
    ),
    offer(override, closeChannel, closed, (client, { pChannel, pInNotificationType: type, pReason }, reply) => {
      client.closeChannel(idOf(pChannel), { type, data: pReason ?? NOTHING }, reply(closed));
    }),
  ];
  return { interface: IRPCAsyncNotify, secured: true, methods };
}

/** A method that can be told to fail: `failure` is what it returns with an HRESULT when nothing was done. */
function offer<M extends Method>(
  override: Override,
  method: M,
  failure: (result: number, values: InOf<M>) => OutOf<M>,
  handle: (client: Client, values: InOf<M>, reply: Reply<OutOf<M>>) => void,
): ServerMethod<Client> {
  return serve(method, (client: Client, values: InOf<M>, reply: Reply<OutOf<M>>) => {
    const result = override(method.name);
    if (result === null) handle(client, values, reply);
    else reply(() => failure(result, values)).give(null);
  });
}

const NOTHING = new Uint8Array(0);

/** Servers refer nobody elsewhere ([MS-PAN] 3.1.1.4.1). */
function registered(result: number): OutOf<typeof registerClient> {
  return { ppRmtServerReferral: null, result };
}

function channels(result: number, ends: readonly { readonly handle: Guid }[]): OutOf<typeof getNewChannel> {
  const handles = ends.map(({ handle }) => handleFor(handle));
  return { pNoOfChannels: handles.length, ppChannelCtxt: handles.length === 0 ? null : handles, result };
}

function notification(result: number, payload: Payload | null): OutOf<typeof getNotification> {
  const data = payload?.data ?? NOTHING;
  return {
    ppOutNotificationType: payload?.type ?? null,
    pOutSize: data.length,
    ppOutNotificationData: data.length === 0 ? null : data,
    result,
  };
}

/** pChannel becomes NULL whatever the result ([MS-PAN] 3.1.1.4.6). */
function closed(result: number): OutOf<typeof closeChannel> {
  return { pChannel: NULL_HANDLE, result };
}

/** What the model knows a handle by. Attributes are 0 in every handle of ours, so any other handle is nobody's. */
function idOf({ attributes, uuid }: ContextHandle): Guid {
  return attributes === 0 ? uuid : NIL_GUID;
}

function handleFor(uuid: Guid | null): ContextHandle {
  return uuid === null ? NULL_HANDLE : { attributes: 0, uuid };
}
