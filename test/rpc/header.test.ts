import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/bytes/hex.js";
import { decodePdu } from "../../src/rpc/pdu/pdu.js";

const CO_CANCEL = "05001203100000001000000004000000";

function changed(offset: number, value: number): Uint8Array {
  const bytes = fromHex(CO_CANCEL);
  bytes[offset] = value;
  return bytes;
}

describe("the header", () => {
  it.each([
    [0, 4, "header.rpc_vers at offset 0: is 4, not 5: this is not DCE/RPC"],
    [1, 1, "header.rpc_vers_minor at offset 1: is 1, not 0"],
    [2, 1, "header.PTYPE at offset 2: 1 is no PDU type of connection-oriented RPC"],
    [4, 0, "header.packed_drep at offset 4: is not little-endian, ASCII and IEEE (10 00 00 00)"],
    [8, 17, "header.frag_length at offset 8: is 17, but the PDU has 16 bytes"],
    [10, 1, "header.auth_length at offset 10: 1 does not fit into a PDU of 16 bytes"],
  ])("names the field at offset %i when it is %i", (offset, value, message) => {
    expect(() => decodePdu(changed(offset, value))).toThrow(message);
  });

  it("refuses padding in a bind_ack that its body has no room for", () => {
    const ack = fromHex(
      `05000c03100000006500090001000000 d016d01601000000 0000 0000 02000000
      00000000 33057171babe37498319b5dbef9ccc3601000000 02000200 0000000000000000000000000000000000000000
      0906ff00 01000000 a1073005a0030a0100`.replace("6500", "6100"),
    );
    expect(() => decodePdu(ack)).toThrow(
      "bind_ack.auth_pad_length at offset 80: is 255, but 0 bytes are left of the body",
    );
  });
});
