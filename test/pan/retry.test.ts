import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AuthenticationError, DisconnectedError, FaultError, HresultError } from "../../src/errors.js";
import { HRESULTS } from "../../src/pan/hresults.js";
import { Backoff, DEFAULT_BACKOFF, isFinal, isTerminated } from "../../src/pan/retry.js";

describe("intervals between retries ([MS-PAN] 3.1.1.4.1: decaying from 1 second to 1 minute)", () => {
  it("doubles from the shortest to the longest interval", () => {
    const backoff = new Backoff(DEFAULT_BACKOFF, () => 0);
    const delays = Array.from({ length: 8 }, () => backoff.next());
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it("never leaves the range, and jitter only lengthens", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 80 }),
        (jitter) => {
          const plain = new Backoff(DEFAULT_BACKOFF, () => 0);
          const jittered = new Backoff(DEFAULT_BACKOFF, () => jitter.pop() ?? 0);
          for (let i = jitter.length; i > 0; i--) {
            const delay = jittered.next();
            expect(delay).toBeGreaterThanOrEqual(plain.next());
            expect(delay).toBeLessThanOrEqual(DEFAULT_BACKOFF.maxMs);
          }
        },
      ),
    );
  });

  it("begins again with the shortest interval after a success", () => {
    const backoff = new Backoff(DEFAULT_BACKOFF, () => 0);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect([backoff.failures, backoff.next()]).toEqual([0, 1000]);
  });
});

describe("what is never tried again", () => {
  const answer = (method: string, code: number) => new HresultError(method, code, "x");

  it.each([HRESULTS.E_ACCESSDENIED, HRESULTS.ERROR_INVALID_NAME])(
    "RegisterClient answered 0x%s ([MS-PAN] 3.1.1.4.1: SHOULD NOT retry)",
    (code) => expect(isFinal(answer("IRPCAsyncNotify_RegisterClient", code))).toBe(true),
  );

  it("a call is already parked ([MS-PAN] 3.1.1.4.5)", () => {
    expect(isFinal(answer("IRPCAsyncNotify_GetNotification", HRESULTS.ASYNC_CALL_ALREADY_PARKED))).toBe(true);
  });

  it("any failure of Create ([MS-PAN] 3.1.2.4.1: fatal)", () => {
    expect(isFinal(answer("IRPCRemoteObject_Create", HRESULTS.E_OUTOFMEMORY))).toBe(true);
  });

  it("a failed logon, because accounts get locked", () => {
    expect(isFinal(new AuthenticationError("x"))).toBe(true);
  });

  it("but other failures are ([MS-PAN] 3.1.1.4.1: SHOULD retry)", () => {
    expect(isFinal(answer("IRPCAsyncNotify_RegisterClient", HRESULTS.E_OUTOFMEMORY))).toBe(false);
    expect(isFinal(answer("IRPCAsyncNotify_RegisterClient", 0x80070015))).toBe(false);
    expect(isFinal(new DisconnectedError("x"))).toBe(false);
    expect(isFinal(new FaultError(0x6f7, "x"))).toBe(false);
  });

  it("tells the end of all notifications from other answers ([MS-PAN] 3.1.1.4.3, 3.1.1.4.5)", () => {
    expect(isTerminated(answer("IRPCAsyncNotify_GetNewChannel", 0x8007071a))).toBe(true);
    expect(isTerminated(answer("IRPCAsyncNotify_GetNewChannel", 0x8007000e))).toBe(false);
  });
});
