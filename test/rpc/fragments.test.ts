import { describe, expect, it } from "vitest";
import { ProtocolError, TooLargeError } from "../../src/errors.js";
import { Budget } from "../../src/rpc/budget.js";
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
  it.each([
    ["one part", [3]],
    ["many small parts", Array.from({ length: 3000 }, () => 8)],
    ["parts of all sizes", [1, 4095, 4096, 1, 70_000, 3, 512, 2_000_000, 1]],
  ])("of %s gives a copy: it keeps nothing of the chunks that they are views of", (_, lengths) => {
    const size = lengths.reduce((sum, length) => sum + length, 0);
    const assembly = new StubAssembly(size);
    for (const [index, length] of lengths.entries()) {
      const part = new Uint8Array(length + 14).subarray(7, 7 + length).fill(index);
      assembly.add(part);
      part.fill(0xff);
    }
    const stub = assembly.finish("it");
    expect(Buffer.compare(stub, Buffer.concat(lengths.map((length, i) => Buffer.alloc(length, i))))).toBe(0);
    expect(stub.buffer.byteLength).toBe(size);
  });

  it("counts what it holds against the budget, at most twice the stub and 4 KiB, and gives it back", () => {
    const budget = new Budget(1_000_000);
    const assembly = new StubAssembly(300_000, budget);
    const part = new Uint8Array(9);
    let most = 0;
    while (assembly.size < 300_000 - 9) {
      assembly.add(part);
      most = Math.max(most, budget.held - 2 * assembly.size);
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(4096);
    assembly.finish("it");
    expect(budget.held).toBe(0);
    const dropped = new StubAssembly(10, budget);
    for (let i = 0; i < 3; i++) dropped.add(part);
    expect(budget.held).toBe(0);
  });

  it("ends with what the budget has no room for", () => {
    const budget = new Budget(10_000);
    const assemblies = [1, 2, 3].map(() => new StubAssembly(1_000_000, budget));
    const addAll = (): void => assemblies.forEach((assembly) => assembly.add(new Uint8Array(4000)));
    expect(thrownBy(addAll)).toBeInstanceOf(ProtocolError);
    expect(budget.held).toBe(8000);
    budget.raise(30_000);
    addAll();
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
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
