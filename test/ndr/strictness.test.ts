import { describe, expect, it } from "vitest";
import { DecodeError } from "../../src/errors.js";
import { decodeRequest, decodeResponse, encodeRequest } from "../../src/ndr/method.js";
import {
  closeChannel,
  deleteObject,
  getNewChannel,
  getNotification,
  getNotificationSendResponse,
  registerClient,
} from "../../src/pan/idl.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import { HANDLE, ndr64Notification, notificationStub, registerStub, stub, SYNTAXES, writeHandle } from "./stub.js";

/** The DecodeError that `decode` must throw. */
function refusal(decode: () => unknown): DecodeError {
  try {
    decode();
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const FIVE = Uint8Array.of(1, 2, 3, 4, 5);

describe.each(SYNTAXES)("strict consistency at target level 6.0 ([MS-PAN] 3.1.1.4) in %s", (syntax) => {
  const register = (counts: [number, number, number], text: string) =>
    decodeRequest(registerClient, syntax, registerStub(syntax, counts, text));
  const notify = (...args: Parameters<typeof notificationStub> extends [unknown, ...infer Rest] ? Rest : never) =>
    decodeResponse(getNotification, syntax, notificationStub(syntax, ...args));

  it.each([4, 6])("refuses a byte array of 5 whose size parameter is %i", (outSize) => {
    const error = refusal(() => notify(outSize, { maxCount: 5, bytes: FIVE }));
    expect(error.field).toBe("IRPCAsyncNotify_GetNotification.ppOutNotificationData.max_count");
    expect(error.offset).toBe(syntax === "ndr" ? 28 : 40);
    expect(error.message).toContain(`is 5, but pOutSize is ${outSize}`);
  });

  it("refuses an array of channels that is longer or shorter than pNoOfChannels", () => {
    const bytes = stub(syntax, (to) => {
      to.u32(2);
      to.referent(true);
      to.count(1);
      writeHandle(to);
      to.u32(0);
    });
    const error = refusal(() => decodeResponse(getNewChannel, syntax, bytes));
    expect(error.field).toBe("IRPCAsyncNotify_GetNewChannel.ppChannelCtxt.max_count");
    expect(error.message).toContain("is 1, but pNoOfChannels is 2");
  });

  it("refuses a NULL pointer whose size is not 0, in a response", () => {
    const error = refusal(() => notify(3, null));
    expect(error.field).toBe("IRPCAsyncNotify_GetNotification.ppOutNotificationData");
    expect(error.message).toContain("is a null pointer, but pOutSize is 3");
  });

  it("refuses a NULL pointer whose size is not 0, in a request", () => {
    const bytes = stub(syntax, (to) => {
      writeHandle(to);
      to.guid(ASYNC_UI);
      to.u32(1);
      to.referent(false);
    });
    expect(refusal(() => decodeRequest(closeChannel, syntax, bytes)).field).toBe(
      "IRPCAsyncNotify_CloseChannel.pReason",
    );
  });

  it("refuses a NULL array of channels whose number is not 0", () => {
    const bytes = stub(syntax, (to) => {
      to.u32(1);
      to.referent(false);
      to.u32(0);
    });
    const error = refusal(() => decodeResponse(getNewChannel, syntax, bytes));
    expect(error.field).toBe("IRPCAsyncNotify_GetNewChannel.ppChannelCtxt");
  });

  it("takes a pointer to no bytes for an empty array, and NULL with size 0 for null", () => {
    expect(notify(0, { maxCount: 0, bytes: new Uint8Array() }).ppOutNotificationData).toEqual(new Uint8Array());
    expect(notify(0, null).ppOutNotificationData).toBeNull();
  });

  it("refuses a string that does not begin at offset 0", () => {
    const error = refusal(() => register([4, 1, 3], "ab\0"));
    expect(error.field).toBe("IRPCAsyncNotify_RegisterClient.pName.offset");
    expect(error.offset).toBe(syntax === "ndr" ? 28 : 40);
  });

  it("refuses a string that is longer than its maximum count", () => {
    const error = refusal(() => register([2, 0, 3], "ab\0"));
    expect(error.field).toBe("IRPCAsyncNotify_RegisterClient.pName.actual_count");
    expect(error.offset).toBe(syntax === "ndr" ? 32 : 48);
  });

  it("refuses a string without its terminating NUL", () => {
    const error = refusal(() => register([3, 0, 3], "abc"));
    expect(error.field).toBe("IRPCAsyncNotify_RegisterClient.pName");
    expect(error.offset).toBe(syntax === "ndr" ? 36 : 56);
    expect(error.message).toContain("no terminating NUL");
  });

  it("refuses a string of no characters, not even a NUL", () => {
    expect(refusal(() => register([1, 0, 0], "")).field).toBe("IRPCAsyncNotify_RegisterClient.pName.actual_count");
  });

  it("refuses a string with a NUL before its end", () => {
    expect(refusal(() => register([4, 0, 4], "a\0b\0")).message).toContain("NUL at character 1 of 4");
  });

  it("takes a string whose maximum count is larger than needed", () => {
    expect(register([9, 0, 3], "ab\0").pName).toBe("ab");
  });

  it("takes the empty string", () => {
    expect(register([1, 0, 1], "\0").pName).toBe("");
  });

  it("refuses counts of 2^31 and more ([MS-RPCE] 3.1.1.5.3.2.2.1)", () => {
    const error = refusal(() => register([0x8000_0000, 0, 3], "ab\0"));
    expect(error.field).toBe("IRPCAsyncNotify_RegisterClient.pName.max_count");
    expect(error.message).toContain("2147483648");
  });

  it("checks the announced size of a byte array against the bytes that are there", () => {
    const error = refusal(() => notify(0x7fff_ffff, { maxCount: 0x7fff_ffff, bytes: FIVE }));
    expect(error.field).toBe("IRPCAsyncNotify_GetNotification.ppOutNotificationData");
    expect(error.message).toMatch(/needs 2147483647 bytes, \d+ left/);
  });

  it("checks the announced length of a string against the bytes that are there", () => {
    expect(refusal(() => register([0x7fff_ffff, 0, 0x7fff_ffff], "ab\0")).message).toMatch(/needs 4294967294 bytes/);
  });

  it("checks the announced number of channels against the bytes that are there, before it makes room for them", () => {
    const bytes = stub(syntax, (to) => {
      to.u32(0x7fff_ffff);
      to.referent(true);
      to.count(0x7fff_ffff);
      writeHandle(to);
    });
    const error = refusal(() => decodeResponse(getNewChannel, syntax, bytes));
    expect(error.field).toBe("IRPCAsyncNotify_GetNewChannel.ppChannelCtxt");
    expect(error.message).toContain("2147483647 elements need 42949672940 bytes, 20 left");
  });

  it("ignores what stands in alignment gaps ([MS-RPCE] 3.1.1.5.3.2.2.6)", () => {
    const bytes = notificationStub(syntax, 5, { maxCount: 5, bytes: FIVE });
    bytes.fill(0xee, bytes.length - 7, bytes.length - 4);
    expect(decodeResponse(getNotification, syntax, bytes)).toMatchObject({ ppOutNotificationData: FIVE, result: 0 });
  });

  it("names the element of an array that is broken", () => {
    const bytes = stub(syntax, (to) => {
      to.u32(2);
      to.referent(true);
      to.count(2);
      writeHandle(to);
      writeHandle(to);
      to.u32(0);
    });
    expect(decodeResponse(getNewChannel, syntax, bytes).ppChannelCtxt).toEqual([HANDLE, HANDLE]);
    const error = refusal(() => decodeResponse(getNewChannel, syntax, bytes.subarray(0, -5)));
    expect(error.message).toContain("2 elements need 40 bytes, 39 left");
  });

  it("tolerates up to 7 bytes of padding after a request and refuses more", () => {
    const request = encodeRequest(deleteObject, syntax, { ppRemoteObj: HANDLE });
    const padded = (surplus: number) => Uint8Array.from([...request, ...new Uint8Array(surplus).fill(0xee)]);
    expect(decodeRequest(deleteObject, syntax, padded(7))).toEqual({ ppRemoteObj: HANDLE });
    const error = refusal(() => decodeRequest(deleteObject, syntax, padded(8)));
    expect(error.message).toBe("IRPCRemoteObject_Delete.(end) at offset 20: 8 bytes after the last parameter");
  });

  it("ignores bytes after a response", () => {
    const bytes = notificationStub(syntax, 5, { maxCount: 5, bytes: FIVE });
    const longer = Uint8Array.from([...bytes, ...new Uint8Array(100).fill(0xee)]);
    expect(decodeResponse(getNotification, syntax, longer)).toEqual(decodeResponse(getNotification, syntax, bytes));
  });

  it("decodes the out parameters of a call whose HRESULT is a failure", () => {
    const bytes = stub(syntax, (to) => {
      writeHandle(to);
      to.referent(true);
      to.guid(ASYNC_UI);
      to.u32(0);
      to.referent(false);
      to.u32(0x80040008);
    });
    expect(decodeResponse(getNotificationSendResponse, syntax, bytes)).toEqual({
      pChannel: HANDLE,
      ppOutNotificationType: ASYNC_UI,
      pOutSize: 0,
      ppOutNotificationData: null,
      result: 0x80040008,
    });
  });

  it("lets enumeration values that nobody knows survive", () => {
    const values = {
      pRegistrationObj: HANDLE,
      pName: null,
      pInNotificationType: ASYNC_UI,
      NotifyFilter: 77,
      conversationStyle: 0xffff_ffff,
    };
    expect(decodeRequest(registerClient, syntax, encodeRequest(registerClient, syntax, values))).toEqual(values);
  });
});

describe("NDR64", () => {
  it("refuses counts that need more than 32 bits", () => {
    for (const count of [0x1_0000_0005n, 0x8000_0000_0000_0000n]) {
      const error = refusal(() => decodeResponse(getNotification, "ndr64", ndr64Notification(count, 5)));
      expect(error.field).toBe("IRPCAsyncNotify_GetNotification.ppOutNotificationData.max_count");
      expect(error.message).toContain(String(count));
    }
  });

  it("takes a referent id of which only the upper half is set for a pointer", () => {
    const bytes = notificationStub("ndr64", 5, { maxCount: 5, bytes: FIVE });
    new DataView(bytes.buffer).setBigUint64(32, 1n << 63n, true);
    expect(decodeResponse(getNotification, "ndr64", bytes).ppOutNotificationData).toEqual(FIVE);
  });
});
