import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.js";
import { PduFramer } from "../../src/rpc/framing.js";
import { splitStub, StubAssembly } from "../../src/rpc/fragments.js";
import { PDU_VECTORS } from "../golden/rpc-vectors.js";

const corpus = PDU_VECTORS.map(({ hex }) => fromHex(hex));

/** Cuts a stream after each of the given numbers of bytes, again and again. */
function* chunks(stream: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let offset = 0;
  for (let i = 0; offset < stream.length; i++) {
    const size = sizes[i % sizes.length] ?? stream.length;
    yield stream.slice(offset, offset + size);
    offset += size;
  }
}

describe("framing", () => {
  it("gives the same PDUs however the stream is cut", () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2000 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...corpus), { minLength: 1, maxLength: 12 }), sizes, (pdus, cuts) => {
        const framer = new PduFramer();
        const found = [...chunks(Buffer.concat(pdus), cuts)].flatMap((chunk) => [...framer.push(chunk)]);
        expect(found.map(toHex)).toEqual(pdus.map(toHex));
        expect(framer.pending).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe("fragments", () => {
  it("a stub that is split and joined again is the same, and its hints count down", () => {
    const stub = fc.uint8Array({ maxLength: 3000 });
    const trailer = fc.uint8Array({ maxLength: 90 });
    fc.assert(
      fc.property(stub, trailer, fc.integer({ min: 128, max: 1500 }), (whole, tail, room) => {
        const assembly = new StubAssembly(10_000);
        const parts = [...splitStub(whole, room, tail)];
        let left = whole.length + tail.length;
        for (const [index, part] of parts.entries()) {
          const size = part.stub.length + part.trailer.length;
          expect(size).toBeLessThanOrEqual(room);
          expect(part.allocHint).toBe(left);
          expect(part.flags).toBe((index === 0 ? 1 : 0) | (index === parts.length - 1 ? 2 : 0));
          if (index < parts.length - 1) {
            expect(part.stub.length % 16).toBe(0);
            expect(part.trailer).toHaveLength(0);
          }
          left -= size;
          assembly.add(part.stub);
          assembly.add(part.trailer);
        }
        expect(left).toBe(0);
        expect(parts.at(-1)?.trailer).toHaveLength(tail.length);
        expect(toHex(assembly.finish("it"))).toBe(toHex(Buffer.concat([whole, tail])));
      }),
      { numRuns: 200 },
    );
  });

  it("parts of every size are joined in order", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 1200 }), { maxLength: 40 }), (parts) => {
        const assembly = new StubAssembly(100_000);
        for (const part of parts) assembly.add(part);
        expect(toHex(assembly.finish("it"))).toBe(toHex(Buffer.concat(parts)));
      }),
      { numRuns: 200 },
    );
  });
});
