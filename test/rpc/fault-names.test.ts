import { describe, expect, it } from "vitest";
import { faultMeaning, faultName } from "../../src/rpc/fault-names.js";

describe("names of faults", () => {
  it.each([
    [0x1c01000b, "nca_s_proto_error (0x1C01000B)"],
    [0x1c00001a, "nca_s_fault_context_mismatch (0x1C00001A)"],
    [5, "ERROR_ACCESS_DENIED (0x00000005)"],
    [0x6f7, "RPC_X_BAD_STUB_DATA (0x000006F7)"],
    [0x721, "RPC_S_SEC_PKG_ERROR (0x00000721)"],
    [0x8007071a, "0x8007071A"],
    [-1, "0xFFFFFFFF"],
  ])("%i is %s", (status, name) => {
    expect(faultName(status)).toBe(name);
  });

  it("say what is meant where it is known", () => {
    expect(faultMeaning(0x71a)).toBe("the call was cancelled");
    expect(faultMeaning(0x12345678)).toBeNull();
  });
});
