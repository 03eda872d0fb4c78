import { describe, expect, it } from "vitest";
import { AuthenticationError, DisconnectedError, FaultError } from "../../src/errors.js";
import { HRESULTS } from "../../src/pan/hresults.js";
import { hresultError } from "../../src/pan/invoke.js";

const REGISTER = "IRPCAsyncNotify_RegisterClient";

describe("what an error means for the next try", () => {
  it.each([
    ["access denied (3.1.1.4.1: SHOULD NOT retry)", hresultError(REGISTER, HRESULTS.E_ACCESSDENIED)],
    ["a malformed name (3.1.1.4.1: SHOULD NOT retry)", hresultError(REGISTER, HRESULTS.ERROR_INVALID_NAME)],
    ["an unknown name (3.1.1.4.1: SHOULD NOT retry)", hresultError(REGISTER, HRESULTS.ERROR_INVALID_PRINTER_NAME)],
    ["any failure of Create (3.1.2.4.1: fatal)", hresultError("IRPCRemoteObject_Create", HRESULTS.E_OUTOFMEMORY)],
    ["the fault that refuses all calls", new FaultError(5, "x")],
  ])("[MS-PAN]: %s is an answer that stays the same", (_what, error) => {
    expect([error.meaning, error.isAnswer, error.isFinal]).toEqual(["final", true, true]);
  });

  it("a refused logon is not tried again, because accounts get locked, and leaves no association", () => {
    const error = new AuthenticationError("x");
    expect([error.meaning, error.isAnswer, error.isFinal]).toEqual(["refused", false, true]);
  });

  it.each([
    ["no memory", hresultError(REGISTER, HRESULTS.E_OUTOFMEMORY)],
    ["a limit", hresultError(REGISTER, HRESULTS.ERROR_NOT_READY)],
    [
      "a call that is already parked (3.1.1.4.5)",
      hresultError("IRPCAsyncNotify_GetNotification", HRESULTS.ASYNC_CALL_ALREADY_PARKED),
    ],
    ["another fault", new FaultError(0x6f7, "x")],
  ])("[MS-PAN] 3.1.1.4.1: %s is an answer after which one SHOULD try again", (_what, error) => {
    expect([error.meaning, error.isAnswer, error.isFinal]).toEqual(["answer", true, false]);
  });

  it("a lost connection is no answer, and a new one may be tried", () => {
    const error = new DisconnectedError("x");
    expect([error.meaning, error.isAnswer, error.isFinal]).toEqual(["loss", false, false]);
  });

  it("0x8007071A ends all notifications ([MS-PAN] 3.1.1.4.3, 3.1.1.4.5)", () => {
    const error = hresultError("IRPCAsyncNotify_GetNewChannel", HRESULTS.RPC_S_CALL_CANCELLED);
    expect([error.meaning, error.isAnswer, error.isFinal]).toEqual(["terminated", true, false]);
  });
});
