import { fromHex } from "../../src/bytes/hex.js";
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse, type Method } from "../../src/ndr/method.js";
import type { TransferSyntax } from "../../src/ndr/syntax.js";
import type { ParameterValues } from "../../src/ndr/type.js";
import { NULL_HANDLE } from "../../src/ndr/types.js";
import * as idl from "../../src/pan/idl.js";
import { ASYNC_UI, NOTIFICATION_RELEASE } from "../../src/pan/types.js";

/** A request or response of a method with its values. */
export interface Call {
  readonly name: string;
  readonly method: Method;
  readonly direction: "request" | "response";
  readonly syntax: TransferSyntax;
  readonly values: ParameterValues;
}

/** A stub of which every byte is known from outside, and the values it stands for. */
export interface Vector extends Call {
  /** Hexadecimal bytes; `<1>` and `<2>` stand for the first and second referent id, which may be any but 0. */
  readonly hex: string;
}

/** The bytes of a vector with the given referent ids. */
export function vectorBytes(vector: Vector, ids: readonly [number, number]): Uint8Array {
  return fromHex(vector.hex.replace(/<([12])>/g, (_, which: string) => idHex(ids[which === "1" ? 0 : 1], vector)));
}

function idHex(id: number, { syntax }: Vector): string {
  const bytes = Buffer.alloc(syntax === "ndr64" ? 8 : 4);
  bytes.writeUInt32LE(id);
  return bytes.toString("hex");
}

export function encodeCall({ direction, method, syntax, values }: Call): Uint8Array {
  return direction === "request" ? encodeRequest(method, syntax, values) : encodeResponse(method, syntax, values);
}

export function decodeCall({ direction, method, syntax }: Omit<Call, "values">, stub: Uint8Array): ParameterValues {
  return direction === "request" ? decodeRequest(method, syntax, stub) : decodeResponse(method, syntax, stub);
}

const HANDLE_HEX = "00000000 101112131415161718191a1b1c1d1e1f";
const HANDLE = { attributes: 0, uuid: "13121110-1514-1716-1819-1a1b1c1d1e1f" };
const CHANNEL_HEX = "00000000 202122232425262728292a2b2c2d2e2f";
const CHANNEL = { attributes: 0, uuid: "23222120-2524-2726-2829-2a2b2c2d2e2f" };
const NULL_HEX = "00".repeat(20);
const ASYNC_UI_HEX = "923f85f631eb234eb6e7fd69056153f0";
const RELEASE_HEX = "27509aba0ea7e74a9b7deb3e06ad4157";
const NAME_HEX = "5c005c0053005c0050000000";
const XML_HEX = "3c0061002f003e000000";

const registration = {
  pRegistrationObj: HANDLE,
  pName: "\\\\S\\P",
  pInNotificationType: ASYNC_UI,
  NotifyFilter: 0,
  conversationStyle: 1,
};

/** One call's values with their bytes: in both syntaxes alike, or in each of those that the notes give. */
interface Sample extends Pick<Vector, "name" | "method" | "values"> {
  readonly both?: string;
  readonly ndr?: string;
  readonly ndr64?: string;
}

const requests: readonly Sample[] = [
  { name: "Create", method: idl.create, values: {}, both: "" },
  { name: "Delete", method: idl.deleteObject, values: { ppRemoteObj: HANDLE }, both: HANDLE_HEX },
  { name: "Unregister", method: idl.unregisterClient, values: { pRegistrationObj: HANDLE }, both: HANDLE_HEX },
  { name: "GetNewChannel", method: idl.getNewChannel, values: { pRemoteObj: HANDLE }, both: HANDLE_HEX },
  { name: "GetNotification", method: idl.getNotification, values: { pRemoteObj: HANDLE }, both: HANDLE_HEX },
  {
    name: "Register \\\\S\\P",
    method: idl.registerClient,
    values: registration,
    ndr: `${HANDLE_HEX} <1> 06000000 00000000 06000000 ${NAME_HEX} ${ASYNC_UI_HEX} 00000000 01000000`,
    ndr64: `${HANDLE_HEX} 00000000 <1> 0600000000000000 0000000000000000 0600000000000000 ${NAME_HEX}
      ${ASYNC_UI_HEX} 00000000 01000000`,
  },
  {
    name: "Register without a name",
    method: idl.registerClient,
    values: { ...registration, pName: null, NotifyFilter: 1, conversationStyle: 0 },
    ndr: `${HANDLE_HEX} 00000000 ${ASYNC_UI_HEX} 01000000 00000000`,
  },
  {
    name: "first SendResponse",
    method: idl.getNotificationSendResponse,
    values: { pChannel: HANDLE, pInNotificationType: null, InSize: 0, pInNotificationData: null },
    ndr: `${HANDLE_HEX} 00000000 00000000 00000000`,
    ndr64: `${HANDLE_HEX} 00000000 0000000000000000 00000000 00000000 0000000000000000`,
  },
  {
    name: 'SendResponse "ABCDE"',
    method: idl.getNotificationSendResponse,
    values: {
      pChannel: HANDLE,
      pInNotificationType: ASYNC_UI,
      InSize: 5,
      pInNotificationData: fromHex("4142434445"),
    },
    ndr: `${HANDLE_HEX} <1> ${ASYNC_UI_HEX} 05000000 <2> 05000000 4142434445`,
  },
  {
    name: "CloseChannel with NOTIFICATION_RELEASE",
    method: idl.closeChannel,
    values: { pChannel: HANDLE, pInNotificationType: NOTIFICATION_RELEASE, InSize: 0, pReason: null },
    ndr: `${HANDLE_HEX} ${RELEASE_HEX} 00000000 00000000`,
    ndr64: `${HANDLE_HEX} ${RELEASE_HEX} 00000000 0000000000000000`,
  },
];

const responses: readonly Sample[] = [
  { name: "Create", method: idl.create, values: { ppRemoteObj: HANDLE, result: 0 }, both: `${HANDLE_HEX} 00000000` },
  { name: "Delete", method: idl.deleteObject, values: { ppRemoteObj: NULL_HANDLE }, both: NULL_HEX },
  { name: "Unregister", method: idl.unregisterClient, values: { result: 0x8004000e }, both: "0e000480" },
  {
    name: "CloseChannel",
    method: idl.closeChannel,
    values: { pChannel: NULL_HANDLE, result: 0x00040010 },
    both: `${NULL_HEX} 10000400`,
  },
  {
    name: "Register",
    method: idl.registerClient,
    values: { ppRmtServerReferral: null, result: 0x80070005 },
    ndr: "00000000 05000780",
    ndr64: "0000000000000000 05000780",
  },
  {
    name: "GetNewChannel with one channel",
    method: idl.getNewChannel,
    values: { pNoOfChannels: 1, ppChannelCtxt: [CHANNEL], result: 0 },
    ndr: `01000000 <1> 01000000 ${CHANNEL_HEX} 00000000`,
    ndr64: `01000000 00000000 <1> 0100000000000000 ${CHANNEL_HEX} 00000000`,
  },
  {
    name: 'GetNotification "<a/>"',
    method: idl.getNotification,
    values: { ppOutNotificationType: ASYNC_UI, pOutSize: 10, ppOutNotificationData: fromHex(XML_HEX), result: 0 },
    ndr: `<1> ${ASYNC_UI_HEX} 0a000000 <2> 0a000000 ${XML_HEX} 0000 00000000`,
    ndr64: `<1> ${ASYNC_UI_HEX} 0a000000 00000000 <2> 0a00000000000000 ${XML_HEX} 0000 00000000`,
  },
  {
    name: "SendResponse with NOTIFICATION_RELEASE",
    method: idl.getNotificationSendResponse,
    values: {
      pChannel: NULL_HANDLE,
      ppOutNotificationType: NOTIFICATION_RELEASE,
      pOutSize: 0,
      ppOutNotificationData: null,
      result: 0,
    },
    ndr: `${NULL_HEX} <1> ${RELEASE_HEX} 00000000 00000000 00000000`,
    ndr64: `${NULL_HEX} 00000000 <1> ${RELEASE_HEX} 00000000 00000000 0000000000000000 00000000`,
  },
];

/** Stubs of all eight methods, requests and responses, that independent codecs agree on. */
export const VECTORS: readonly Vector[] = [...vectors("request", requests), ...vectors("response", responses)];

function vectors(direction: Call["direction"], samples: readonly Sample[]): Vector[] {
  return samples.flatMap(({ name, method, values, both, ndr = both, ndr64 = both }) => {
    const bytes = Object.entries({ ndr, ndr64 }) as [TransferSyntax, string | undefined][];
    return bytes.flatMap(([syntax, hex]) =>
      hex === undefined ? [] : { name, method, direction, syntax, values, hex },
    );
  });
}
