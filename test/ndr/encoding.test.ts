import { describe, expect, it } from "vitest";
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from "../../src/ndr/method.js";
import { isNullHandle, NULL_HANDLE } from "../../src/ndr/types.js";
import { closeChannel, getNewChannel, getNotification, registerClient } from "../../src/pan/idl.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import { HANDLE, SYNTAXES } from "./stub.js";

const MEBIBYTE = 1024 * 1024;

describe.each(SYNTAXES)("byte arrays in %s", (syntax) => {
  const data = new Uint8Array(10 * MEBIBYTE).fill(0x5a);
  const response = {
    ppOutNotificationType: ASYNC_UI,
    pOutSize: data.length,
    ppOutNotificationData: data,
    result: 0,
  };

  it("are views of the stub when 10 MiB are decoded: same memory, nothing copied", () => {
    const stub = encodeResponse(getNotification, syntax, response);
    const { ppOutNotificationData } = decodeResponse(getNotification, syntax, stub);
    expect(ppOutNotificationData?.buffer).toBe(stub.buffer);
    expect(ppOutNotificationData?.length).toBe(data.length);
    stub.fill(0xa5);
    expect(ppOutNotificationData?.[data.length - 1]).toBe(0xa5);
  });

  it("are copied once when 10 MiB are encoded: the stub's memory is reserved at once and hardly larger", () => {
    const stub = encodeResponse(getNotification, syntax, response);
    expect(stub.buffer.byteLength).toBeLessThan(data.length + 1024);
    expect(stub.buffer).not.toBe(data.buffer);
  });

  it("decode from anywhere in a larger buffer: alignment counts from the start of the stub", () => {
    const stub = encodeResponse(getNotification, syntax, {
      ...response,
      pOutSize: 3,
      ppOutNotificationData: data.subarray(0, 3),
    });
    for (let shift = 0; shift < 8; shift += 1) {
      const larger = new Uint8Array(shift + stub.length + 8).fill(0xff);
      larger.set(stub, shift);
      const decoded = decodeResponse(getNotification, syntax, larger.subarray(shift, shift + stub.length));
      expect(decoded).toEqual(decodeResponse(getNotification, syntax, stub));
    }
  });
});

describe.each(SYNTAXES)("values that no stub can carry, in %s", (syntax) => {
  const close = { pChannel: HANDLE, pInNotificationType: ASYNC_UI, InSize: 1, pReason: Uint8Array.of(1) };
  const register = {
    pRegistrationObj: HANDLE,
    pName: null,
    pInNotificationType: ASYNC_UI,
    NotifyFilter: 0,
    conversationStyle: 0,
  };

  it("are refused: an array whose size parameter says otherwise", () => {
    expect(() => encodeRequest(closeChannel, syntax, { ...close, InSize: 2 })).toThrow(
      "pReason has 1 elements, but InSize is 2",
    );
  });

  it("are refused: null with a size", () => {
    expect(() => encodeRequest(closeChannel, syntax, { ...close, pReason: null })).toThrow(
      "pReason is null, but InSize is not 0",
    );
  });

  it("are refused: more channels than the number says", () => {
    const values = { pNoOfChannels: 1, ppChannelCtxt: [HANDLE, HANDLE], result: 0 };
    expect(() => encodeResponse(getNewChannel, syntax, values)).toThrow(RangeError);
  });

  it("are refused: a string with a NUL in it", () => {
    expect(() => encodeRequest(registerClient, syntax, { ...register, pName: "\\\\S\\P\0" })).toThrow(
      "pName holds a NUL character",
    );
  });

  it.each([-1, 0x1_0000_0000, 1.5, Number.NaN])("are refused: %d as a 32-bit number", (value) => {
    expect(() => encodeRequest(registerClient, syntax, { ...register, NotifyFilter: value })).toThrow(RangeError);
  });

  it("are refused: a GUID with braces", () => {
    const values = { ...register, pInNotificationType: `{${ASYNC_UI}}` };
    expect(() => encodeRequest(registerClient, syntax, values)).toThrow("is not a GUID");
  });
});

describe("wide strings", () => {
  it.each(["", "Büro ✓ 印刷", "\ud83d\udda8 pair", "lone \ud83d surrogate", "\ufeffmark"])("carry %j", (pName) => {
    const values = {
      pRegistrationObj: HANDLE,
      pName,
      pInNotificationType: ASYNC_UI,
      NotifyFilter: 0,
      conversationStyle: 0,
    };
    for (const syntax of SYNTAXES)
      expect(decodeRequest(registerClient, syntax, encodeRequest(registerClient, syntax, values)).pName).toBe(pName);
  });
});

describe("context handles", () => {
  it("are NULL when all 20 bytes are zero, and only then", () => {
    expect(isNullHandle(NULL_HANDLE)).toBe(true);
    expect(isNullHandle({ ...NULL_HANDLE })).toBe(true);
    expect(isNullHandle({ ...NULL_HANDLE, attributes: 1 })).toBe(false);
    expect(isNullHandle({ ...NULL_HANDLE, uuid: HANDLE.uuid })).toBe(false);
  });
});
