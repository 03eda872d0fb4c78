/** The two interfaces of [MS-PAN] appendix A as method tables; each has its IDL above it. */
import { byteArray, conformantArray } from "../ndr/arrays.js";
import { method } from "../ndr/method.js";
import { contextHandle, guid, hresult, u32, unique, v1Enum, wideString } from "../ndr/types.js";
import type { RpcInterface } from "../rpc/interface.js";

/** Creates and deletes the remote objects that registrations need ([MS-PAN] 3.1.2). */
export const IRPCRemoteObject: RpcInterface = {
  name: "IRPCRemoteObject",
  uuid: "ae33069b-a2a8-46ee-a235-ddfd339be281",
  major: 1,
  minor: 0,
};

/** Registers, and carries notifications and responses ([MS-PAN] 3.1.1). */
export const IRPCAsyncNotify: RpcInterface = {
  name: "IRPCAsyncNotify",
  uuid: "0b6edbfa-4a24-4fc6-8a23-942b1eca65d1",
  major: 1,
  minor: 0,
};

/*
 * HRESULT IRPCRemoteObject_Create(
 *   [in] handle_t hRemoteBinding,               // the binding itself, not on the wire
 *   [out] PRPCREMOTEOBJECT* ppRemoteObj);
 */
/** [MS-PAN] 3.1.2.4.1 */
export const create = method("IRPCRemoteObject_Create", 0, {
  in: {},
  out: { ppRemoteObj: contextHandle, result: hresult },
});

/*
 * void IRPCRemoteObject_Delete(
 *   [in, out] PRPCREMOTEOBJECT* ppRemoteObj);
 */
/** [MS-PAN] 3.1.2.4.2 */
export const deleteObject = method("IRPCRemoteObject_Delete", 1, {
  in: { ppRemoteObj: contextHandle },
  out: { ppRemoteObj: contextHandle },
});

/*
 * HRESULT IRPCAsyncNotify_RegisterClient(
 *   [in] PRPCREMOTEOBJECT pRegistrationObj,
 *   [in, string, unique] const wchar_t* pName,
 *   [in] PrintAsyncNotificationType* pInNotificationType,
 *   [in] PrintAsyncNotifyUserFilter NotifyFilter,
 *   [in] PrintAsyncNotifyConversationStyle conversationStyle,
 *   [out, string] wchar_t** ppRmtServerReferral);
 */
/** [MS-PAN] 3.1.1.4.1 */
export const registerClient = method("IRPCAsyncNotify_RegisterClient", 0, {
  in: {
    pRegistrationObj: contextHandle,
    pName: unique(wideString),
    pInNotificationType: guid,
    NotifyFilter: v1Enum,
    conversationStyle: v1Enum,
  },
  out: { ppRmtServerReferral: unique(wideString), result: hresult },
});

/*
 * HRESULT IRPCAsyncNotify_UnregisterClient(
 *   [in] PRPCREMOTEOBJECT pRegistrationObj);
 */
/** [MS-PAN] 3.1.1.4.2 */
export const unregisterClient = method("IRPCAsyncNotify_UnregisterClient", 1, {
  in: { pRegistrationObj: contextHandle },
  out: { result: hresult },
});

/*
 * HRESULT IRPCAsyncNotify_GetNewChannel(
 *   [in] PRPCREMOTEOBJECT pRemoteObj,
 *   [out] unsigned long* pNoOfChannels,
 *   [out, size_is( , *pNoOfChannels)] PNOTIFYOBJECT** ppChannelCtxt);
 */
/** [MS-PAN] 3.1.1.4.3; opnum 2 is reserved for local use. */
export const getNewChannel = method("IRPCAsyncNotify_GetNewChannel", 3, {
  waits: true,
  in: { pRemoteObj: contextHandle },
  out: {
    pNoOfChannels: u32,
    ppChannelCtxt: unique(conformantArray(contextHandle, { sizeIs: "pNoOfChannels" })),
    result: hresult,
  },
});

/*
 * HRESULT IRPCAsyncNotify_GetNotificationSendResponse(
 *   [in, out] PNOTIFYOBJECT* pChannel,
 *   [in, unique] PrintAsyncNotificationType* pInNotificationType,
 *   [in] unsigned long InSize,
 *   [in, size_is(InSize), unique] byte* pInNotificationData,
 *   [out] PrintAsyncNotificationType** ppOutNotificationType,
 *   [out] unsigned long* pOutSize,
 *   [out, size_is( , *pOutSize)] byte** ppOutNotificationData);
 */
/** [MS-PAN] 3.1.1.4.4 */
export const getNotificationSendResponse = method("IRPCAsyncNotify_GetNotificationSendResponse", 4, {
  waits: true,
  in: {
    pChannel: contextHandle,
    pInNotificationType: unique(guid),
    InSize: u32,
    pInNotificationData: unique(byteArray({ sizeIs: "InSize" })),
  },
  out: {
    pChannel: contextHandle,
    ppOutNotificationType: unique(guid),
    pOutSize: u32,
    ppOutNotificationData: unique(byteArray({ sizeIs: "pOutSize" })),
    result: hresult,
  },
});

/*
 * HRESULT IRPCAsyncNotify_GetNotification(
 *   [in] PRPCREMOTEOBJECT pRemoteObj,
 *   [out] PrintAsyncNotificationType** ppOutNotificationType,
 *   [out] unsigned long* pOutSize,
 *   [out, size_is( , *pOutSize)] byte** ppOutNotificationData);
 */
/** [MS-PAN] 3.1.1.4.5 */
export const getNotification = method("IRPCAsyncNotify_GetNotification", 5, {
  waits: true,
  in: { pRemoteObj: contextHandle },
  out: {
    ppOutNotificationType: unique(guid),
    pOutSize: u32,
    ppOutNotificationData: unique(byteArray({ sizeIs: "pOutSize" })),
    result: hresult,
  },
});

/*
 * HRESULT IRPCAsyncNotify_CloseChannel(
 *   [in, out] PNOTIFYOBJECT* pChannel,
 *   [in] PrintAsyncNotificationType* pInNotificationType,
 *   [in] unsigned long InSize,
 *   [in, size_is(InSize), unique] byte* pReason);
 */
/** [MS-PAN] 3.1.1.4.6; it may run the code of a driver before it answers. */
export const closeChannel = method("IRPCAsyncNotify_CloseChannel", 6, {
  waits: true,
  in: {
    pChannel: contextHandle,
    pInNotificationType: guid,
    InSize: u32,
    pReason: unique(byteArray({ sizeIs: "InSize" })),
  },
  out: { pChannel: contextHandle, result: hresult },
});
