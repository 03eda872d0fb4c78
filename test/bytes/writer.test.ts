import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.js";
import { ByteWriter } from "../../src/bytes/writer.js";

describe("ByteWriter", () => {
  it("keeps everything when it grows in the middle of any write", () => {
    for (let capacity = 0; capacity < 32; capacity += 1) {
      const writer = new ByteWriter(capacity).u8(1).align(2).u16(0x0203).u16be(0x0405).align(8).u32(0x06070809);
      writer.u64(0x0a0b0c0d0e0f1011n).bytes(Uint8Array.of(0x12, 0x13)).zeros(1).align(4);
      writer.patchU16(0, 0xeeff);
      expect(toHex(writer.finish())).toBe("ffee0302040500000908070611100f0e0d0c0b0a12130000");
    }
  });
});
