import { describe, expect, it } from "vitest";
import { HresultError, ProtocolError, TooLargeError } from "../../src/errors.js";
import { enumerate, type Listing } from "../../src/spooler/enumerate.js";

const MIB = 1024 * 1024;

/** A server that answers each call in turn; the last answer again and again. */
function server(...answers: readonly ((size: number) => Partial<Listing>)[]) {
  const sizes: number[] = [];
  const call = (buffer: Uint8Array | null): Promise<Listing> => {
    const size = buffer?.length ?? 0;
    const answer = answers[Math.min(sizes.length, answers.length - 1)]?.(size) ?? {};
    sizes.push(size);
    return Promise.resolve({ buffer, needed: 0, returned: 0, result: 0, ...answer });
  };
  return { sizes, listed: enumerate("RpcEnumPrinters", call) };
}

const more = (needed: number) => (): Partial<Listing> => ({ result: 122, needed });

describe("asking for a list ([MS-RPRN] 3.2.4.2.2)", () => {
  it("begins without a buffer, and sends one as large as the server wants it", async () => {
    const { sizes, listed } = server(more(48), () => ({ returned: 3, needed: 48 }));
    expect(await listed).toEqual({ buffer: new Uint8Array(48), count: 3 });
    expect(sizes).toEqual([0, 48]);
  });

  it("goes on while the list grows", async () => {
    const { sizes, listed } = server(more(48), more(64), more(80), () => ({ returned: 5 }));
    expect((await listed).count).toBe(5);
    expect(sizes).toEqual([0, 48, 64, 80]);
  });

  it("is over at once where there is nothing", async () => {
    const { sizes, listed } = server(() => ({}));
    expect(await listed).toEqual({ buffer: new Uint8Array(0), count: 0 });
    expect(sizes).toEqual([0]);
  });

  it("gives the Win32 error as the HRESULT that stands for it", async () => {
    await expect(server(() => ({ result: 5 })).listed).rejects.toMatchObject({ hresult: 0x80070005 });
    await expect(server(() => ({ result: 5 })).listed).rejects.toBeInstanceOf(HresultError);
    await expect(server(more(48), () => ({ result: 1801 })).listed).rejects.toMatchObject({ hresult: 0x80070709 });
  });

  it("ends for a server that never gets enough", async () => {
    const { sizes, listed } = server((size) => ({ result: 122, needed: size + 16 }));
    await expect(listed).rejects.toBeInstanceOf(ProtocolError);
    expect(sizes).toEqual([0, 16, 32, 48, 64, 80, 96, 112]);
  });

  it.each([
    ["no more than it was given", [more(48), more(48)]],
    ["nothing at all", [more(0)]],
  ])("refuses a server that has too little and wants %s", async (_what, answers) => {
    await expect(server(...answers).listed).rejects.toBeInstanceOf(ProtocolError);
  });

  it("sends 8 MiB at most", async () => {
    const { sizes, listed } = server(more(8 * MIB), () => ({}));
    await listed;
    expect(sizes).toEqual([0, 8 * MIB]);
    const greedy = server(more(8 * MIB + 1));
    await expect(greedy.listed).rejects.toBeInstanceOf(TooLargeError);
    expect(greedy.sizes).toEqual([0]);
  });

  it.each([
    ["a smaller one", new Uint8Array(16)],
    ["a larger one", new Uint8Array(64)],
    ["none", null],
  ])("refuses %s in the place of the buffer that was sent", async (_what, buffer) => {
    const { listed } = server(more(48), () => ({ buffer }));
    await expect(listed).rejects.toThrow(/for a buffer of 48$/);
  });
});
