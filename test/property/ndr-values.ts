import fc from "fast-check";
import type { InOf, Method, OutOf } from "../../src/ndr/method.js";
import type { ParameterValues } from "../../src/ndr/type.js";
import type { ContextHandle } from "../../src/ndr/types.js";
import * as idl from "../../src/pan/idl.js";
import * as spooler from "../../src/spooler/idl.js";

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const guid = fc.uuid();
const handle: fc.Arbitrary<ContextHandle> = fc.record({ attributes: u32, uuid: guid });
const text = fc.string({ unit: "binary", maxLength: 300 }).map((value) => value.replaceAll("\0", "0"));
const data = fc.option(fc.uint8Array({ maxLength: 600 }));
const channels = fc.option(fc.array(handle, { maxLength: 20 }));

/** A method with arbitrary values for its request and its response. */
export interface MethodValues {
  readonly method: Method;
  readonly request: fc.Arbitrary<ParameterValues>;
  readonly response: fc.Arbitrary<ParameterValues>;
}

function values<M extends Method>(
  method: M,
  request: fc.Arbitrary<InOf<M>>,
  response: fc.Arbitrary<OutOf<M>>,
): MethodValues {
  return { method, request, response };
}

const notification = fc.record({ type: fc.option(guid), data, result: u32 }).map((it) => ({
  ppOutNotificationType: it.type,
  pOutSize: it.data?.length ?? 0,
  ppOutNotificationData: it.data,
  result: it.result,
}));

const enumeration = [
  fc.record({ Flags: u32, Name: fc.option(text), Level: u32, data }).map(({ data: pPrinterEnum, ...it }) => ({
    ...it,
    pPrinterEnum,
    cbBuf: pPrinterEnum?.length ?? 0,
  })),
  fc.record({ pPrinterEnum: data, pcbNeeded: u32, pcReturned: u32, result: u32 }),
] as const;

const drivers = [
  fc
    .record({ pName: fc.option(text), pEnvironment: fc.option(text), Level: u32, data })
    .map(({ data: pDrivers, ...it }) => ({
      ...it,
      pDrivers,
      cbBuf: pDrivers?.length ?? 0,
    })),
  fc.record({ pDrivers: data, pcbNeeded: u32, pcReturned: u32, result: u32 }),
] as const;

/** Arbitrary values of all methods; sizes agree with their arrays, as every codec demands. */
export const METHOD_VALUES: readonly MethodValues[] = [
  values(idl.create, fc.constant({}), fc.record({ ppRemoteObj: handle, result: u32 })),
  values(idl.deleteObject, fc.record({ ppRemoteObj: handle }), fc.record({ ppRemoteObj: handle })),
  values(
    idl.registerClient,
    fc.record({
      pRegistrationObj: handle,
      pName: fc.option(text),
      pInNotificationType: guid,
      NotifyFilter: u32,
      conversationStyle: u32,
    }),
    fc.record({ ppRmtServerReferral: fc.option(text), result: u32 }),
  ),
  values(idl.unregisterClient, fc.record({ pRegistrationObj: handle }), fc.record({ result: u32 })),
  values(
    idl.getNewChannel,
    fc.record({ pRemoteObj: handle }),
    fc.record({ channels, result: u32 }).map((it) => ({
      pNoOfChannels: it.channels?.length ?? 0,
      ppChannelCtxt: it.channels,
      result: it.result,
    })),
  ),
  values(
    idl.getNotificationSendResponse,
    fc.record({ pChannel: handle, type: fc.option(guid), data }).map((it) => ({
      pChannel: it.pChannel,
      pInNotificationType: it.type,
      InSize: it.data?.length ?? 0,
      pInNotificationData: it.data,
    })),
    fc.tuple(handle, notification).map(([pChannel, rest]) => ({ pChannel, ...rest })),
  ),
  values(idl.getNotification, fc.record({ pRemoteObj: handle }), notification),
  values(
    idl.closeChannel,
    fc.record({ pChannel: handle, pInNotificationType: guid, data }).map((it) => ({
      pChannel: it.pChannel,
      pInNotificationType: it.pInNotificationType,
      InSize: it.data?.length ?? 0,
      pReason: it.data,
    })),
    fc.record({ pChannel: handle, result: u32 }),
  ),
  values(spooler.rpcAsyncEnumPrinters, ...enumeration),
  values(spooler.rpcEnumPrinters, ...enumeration),
  values(spooler.rpcAsyncEnumPrinterDrivers, ...drivers),
  values(spooler.rpcEnumPrinterDrivers, ...drivers),
];
