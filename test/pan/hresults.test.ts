import { describe, expect, it } from "vitest";
import { failed, hresultHint, hresultMeaning, hresultName, HRESULTS } from "../../src/pan/hresults.js";

describe("HRESULTs", () => {
  it("fail by their sign bit, not by being other than zero ([MS-PAN] 3.1.1.4.6)", () => {
    expect([0, 1, 0x0004_0010, 0x7fff_ffff].map(failed)).toEqual([false, false, false, false]);
    expect([0x8004_0010, 0x8007_0005, 0xffff_ffff, -2147024891].map(failed)).toEqual([true, true, true, true]);
  });

  it.each([
    [0, "S_OK"],
    [0x8004_0001, "CHANNEL_CLOSED_BY_SERVER"],
    [0x8004_0008, "CHANNEL_ALREADY_CLOSED"],
    [0x8004_000c, "ASYNC_CALL_ALREADY_PARKED"],
    [0x8004_000d, "NOT_REGISTERED"],
    [0x8004_000e, "ALREADY_UNREGISTERED"],
    [0x8004_0010, "CHANNEL_ACQUIRED"],
    [0x0004_0010, "CHANNEL_ACQUIRED"],
    [0x8004_0012, "MAX_NOTIFICATION_SIZE_EXCEEDED"],
    [0x8004_0014, "INVALID_NOTIFICATION_TYPE"],
    [0x8004_0018, "REMOTE_ONLY_REGISTRATION"],
    [0x8007_0005, "E_ACCESSDENIED"],
    [0x8007_000e, "E_OUTOFMEMORY"],
    [0x8007_0015, "ERROR_NOT_READY"],
    [0x8007_007b, "ERROR_INVALID_NAME"],
    [0x8007_071a, "RPC_S_CALL_CANCELLED"],
  ])("0x%s of [MS-PAN] is named %s", (code, name) => {
    expect(hresultName(code)).toBe(name);
    expect(hresultMeaning(code)).not.toBeNull();
  });

  it("number PrintAsyncNotifyError without a gap from 1 to 0x18", () => {
    for (let n = 1; n <= 0x18; n += 1) expect(hresultName(0x8004_0000 + n)).toMatch(/^[A-Z]+(_[A-Z]+)+$/);
  });

  it("are found as signed numbers too", () => {
    expect(hresultName(HRESULTS.E_ACCESSDENIED | 0)).toBe("E_ACCESSDENIED");
  });

  it("without a name are their digits, without meaning or advice", () => {
    for (const code of [0x8004_0019, 0x0004_0000, 0xa000_0001]) {
      expect(hresultName(code)).toBe(`0x${code.toString(16).toUpperCase().padStart(8, "0")}`);
      expect(hresultMeaning(code)).toBeNull();
      expect(hresultHint(code)).toBeNull();
    }
  });

  it("that a person can act on say how", () => {
    expect(hresultHint(HRESULTS.E_ACCESSDENIED)).toContain("administer rights");
    expect(hresultHint(HRESULTS.S_OK)).toBeNull();
  });
});
