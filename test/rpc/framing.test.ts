import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.js";
import { PduFramer } from "../../src/rpc/framing.js";

const SHUTDOWN = fromHex("05001103100000001000000000000000");
const ORPHANED = fromHex("05001303100000001000000007000000");

describe("framing", () => {
  it("gives a PDU that lies within a chunk as a view of it", () => {
    const chunk = new Uint8Array([...SHUTDOWN, ...ORPHANED]);
    const pdus = [...new PduFramer().push(chunk)];
    expect(pdus.map(toHex)).toEqual([toHex(SHUTDOWN), toHex(ORPHANED)]);
    for (const pdu of pdus) expect(pdu.buffer).toBe(chunk.buffer);
  });

  it("holds no more than the PDU it waits for", () => {
    const framer = new PduFramer();
    for (const byte of SHUTDOWN.subarray(0, 15)) expect([...framer.push(Uint8Array.of(byte))]).toEqual([]);
    expect(framer.pending).toBe(15);
    expect([...framer.push(SHUTDOWN.slice(15))].map(toHex)).toEqual([toHex(SHUTDOWN)]);
    expect(framer.pending).toBe(0);
  });

  it.each([
    ["a frag_length below the header", "05001103100000000f00000000000000", "is 15, outside 16 to 5840"],
    ["a frag_length above the limit", "0500110310000000d116000000000000", "is 5841, outside 16 to 5840"],
    ["another protocol", toHex(new TextEncoder().encode("HTTP/1.1 400 Bad")), "is 72, not 5: this is not DCE/RPC"],
    ["big-endian integers", "05001103000000000010000000000000", "is not little-endian and ASCII"],
  ])("refuses %s, whole or byte by byte", (_what, hex, message) => {
    const bytes = fromHex(hex);
    expect(() => [...new PduFramer(5840).push(bytes)]).toThrow(message);
    const slowly = new PduFramer(5840);
    expect(() => {
      for (const byte of bytes) Array.from(slowly.push(Uint8Array.of(byte)));
    }).toThrow(message);
  });

  it("gives the PDUs before a broken header first", () => {
    const chunk = new Uint8Array([...SHUTDOWN, ...new Uint8Array(16)]);
    const pdus = new PduFramer().push(chunk);
    expect(toHex(pdus.next().value ?? new Uint8Array())).toBe(toHex(SHUTDOWN));
    expect(() => pdus.next()).toThrow("this is not DCE/RPC");
  });
});
