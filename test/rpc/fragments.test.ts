import { describe, expect, it } from "vitest";
import { ProtocolError, TooLargeError } from "../../src/errors.js";
import { splitStub, StubAssembly } from "../../src/rpc/fragments.js";

describe("splitting", () => {
  it("makes one empty fragment of an empty stub", () => {
    const parts = [...splitStub(new Uint8Array(0), 1000)];
    expect(parts).toEqual([{ stub: new Uint8Array(0), trailer: new Uint8Array(0), flags: 3, allocHint: 0 }]);
  });

  it("keeps a trailer whole, and some stub with it, when it no longer fits behind the stub", () => {
    const parts = [...splitStub(new Uint8Array(1000), 1008, new Uint8Array(68))];
    expect(parts.map(({ stub, trailer }) => [stub.length, trailer.length])).toEqual([
      [992, 0],
      [8, 68],
    ]);
  });

  it("gives views, no copies", () => {
    const stub = new Uint8Array(100);
    for (const part of splitStub(stub, 48)) expect(part.stub.buffer).toBe(stub.buffer);
  });
});

describe("reassembly", () => {
  it("gives the part itself when there is one", () => {
    const part = Uint8Array.of(1, 2, 3);
    const assembly = new StubAssembly(3);
    assembly.add(part);
    expect(assembly.finish("it")).toBe(part);
  });

  it("drops a stub over the limit, counts it and keeps its first 64 bytes", () => {
    const assembly = new StubAssembly(1000);
    for (let i = 0; i < 30; i++) assembly.add(new Uint8Array(50).fill(i));
    const error = thrownBy(() => assembly.finish("the response to X"));
    expect(error).toBeInstanceOf(TooLargeError);
    expect(error).toMatchObject({
      code: "too-large",
      size: 1500,
      limit: 1000,
      message: "the response to X has 1500 bytes, more than the 1000 allowed, and was dropped",
    });
    const head = (error as TooLargeError).head;
    expect([...head]).toEqual([...new Array<number>(50).fill(0), ...new Array<number>(14).fill(1)]);
    expect(head.buffer.byteLength).toBe(64);
  });

  it("drops a single part over the limit", () => {
    const assembly = new StubAssembly(10);
    assembly.add(new Uint8Array(100).fill(7));
    expect(thrownBy(() => assembly.finish("it"))).toMatchObject({ size: 100, head: new Uint8Array(64).fill(7) });
  });

  it("takes a stub of exactly the limit", () => {
    const assembly = new StubAssembly(100);
    for (let i = 0; i < 10; i++) assembly.add(new Uint8Array(10));
    expect(assembly.finish("it")).toHaveLength(100);
  });

  it("ends with what no stub can be: more than 32 bits can count", () => {
    const assembly = new StubAssembly(1000);
    const part = new Uint8Array(64 * 1024 * 1024);
    for (let i = 0; i < 64; i++) assembly.add(part);
    expect(thrownBy(() => assembly.add(part))).toBeInstanceOf(ProtocolError);
  });

  it("keeps no reference to small parts, which may be views of much larger chunks", () => {
    const assembly = new StubAssembly(1_000_000);
    const parts = Array.from({ length: 3 }, (_, i) => new Uint8Array(65_536).fill(i).subarray(0, 8));
    for (const part of parts) assembly.add(part);
    for (const part of parts.slice(1)) part.fill(0xff);
    expect([...assembly.finish("it")].slice(8)).toEqual([
      ...new Array<number>(8).fill(1),
      ...new Array<number>(8).fill(2),
    ]);
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
