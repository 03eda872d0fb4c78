import { expect, it } from "vitest";
import { encodeUtf16 } from "../../src/bytes/utf16.js";
import { toHex } from "../../src/bytes/hex.js";
import { AuthenticationError, DecodeError, HresultError, NoInterfaceError, ProtocolError } from "../../src/errors.js";
import type { Printer } from "../../src/spooler/printer-info.js";
import { enumeratePrinters } from "../../src/spooler/spooler.js";
import { asking, type AskedOptions } from "../spooler/asking.js";
import { PanServer, type LogEntry } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";

const QUEUES: readonly Printer[] = [
  { name: "HP4", comment: "queue 1" },
  { name: "Kyo 2nd floor", comment: "queue 2" },
];

describePeer("the queues of the independent print server", pythonWith(["impacket"]), (python) => {
  /** Asks a server that runs with `args`; gives what came of it, the calls it saw, and its complaints. */
  async function ask(args: readonly string[], options: AskedOptions = {}, set?: object) {
    await using server = await PanServer.start({ python, args });
    if (set !== undefined) await server.control({ do: "set", ...set });
    const answer = await enumeratePrinters(asking({ epmPort: server.epmPort, ...options })).catch((e: unknown) => e);
    await server.stop();
    const log = await server.log();
    return {
      answer,
      calls: log
        .filter(({ ev, cbBuf }) => ev === "call" && cbBuf !== undefined)
        .map(({ method, ndr64, cbBuf }) => [method, ndr64, cbBuf]),
      logons: log.filter(({ ev, done, error }) => ev === "authLeg" && (done === true || typeof error === "string"))
        .length,
      violations: log.filter(isViolation),
    };
  }

  it.each([
    ["by MS-PAR in NDR64", [], "RpcAsyncEnumPrinters", true],
    ["by MS-PAR in NDR", ["--no-ndr64"], "RpcAsyncEnumPrinters", false],
    ["by MS-RPRN in NDR64 where MS-PAR is missing", ["--no-par"], "RpcEnumPrinters", true],
    ["by MS-RPRN in NDR where MS-PAR is missing", ["--no-par", "--no-ndr64"], "RpcEnumPrinters", false],
    ["without multiplexing and header signing", ["--no-mpx", "--no-hdrsign"], "RpcAsyncEnumPrinters", true],
    ["in small fragments", ["--max-frag", "1432"], "RpcAsyncEnumPrinters", true],
  ])("are asked for %s, in two calls and one logon", async (_how, args, method, ndr64) => {
    const { answer, calls, logons, violations } = await ask(args);
    expect(answer).toEqual(QUEUES);
    expect(calls).toEqual([
      [method, ndr64, 0],
      [method, ndr64, 332],
    ]);
    expect(logons).toBe(1);
    expect(violations).toEqual([]);
  });

  it("are asked for at privacy level, whatever the level of everything else ([MS-PAR] 3.2.3)", async () => {
    const { answer, violations } = await ask([], { level: "packet" });
    expect(answer).toEqual(QUEUES);
    expect(violations).toEqual([]);
  });

  it("are there without the endpoint mapper, and where MS-PAR is not at the port that is given", async () => {
    for (const args of [[], ["--no-par"]]) {
      await using server = await PanServer.start({ python, args });
      expect(await enumeratePrinters(asking({ port: server.port }))).toEqual(QUEUES);
      await server.stop();
      const log = await server.log();
      expect(log.filter(isViolation)).toEqual([]);
      expect(log.filter(({ ev }) => ev === "authenticated")).toHaveLength(1);
    }
  });

  it("cannot be had where both interfaces are missing: no logon is spent", async () => {
    const { answer, logons } = await ask(["--no-par", "--no-rprn"]);
    expect(answer).toBeInstanceOf(NoInterfaceError);
    expect(logons).toBe(0);
  });

  it("may be a thousand, with names of all kinds", async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `${"queue ".repeat(i % 30)}Ä\u20ac${i}`);
    const { answer, violations } = await ask(["--queues", ...names]);
    expect((answer as Printer[]).map(({ name }) => name)).toEqual(names);
    expect(violations).toEqual([]);
  });

  it("are not asked for twice when the logon is refused", async () => {
    const { answer, logons } = await ask([], { password: "wrong" });
    expect(answer).toBeInstanceOf(AuthenticationError);
    expect(logons).toBe(1);
  });

  it("say so when the server does not know itself by the name (ERROR_INVALID_NAME)", async () => {
    const { answer } = await ask([], { server: "alias", targetIp: "127.0.0.1" });
    expect(answer).toBeInstanceOf(HresultError);
    expect(answer).toMatchObject({ hresult: 0x8007007b });
    expect((answer as HresultError).message).toContain("no such name as alias");
  });

  const lie = (offset: number): string => toHex(Uint8Array.from([...u32(0), ...u32(0), ...u32(offset), ...u32(0), ...encodeUtf16("A\0")])); // prettier-ignore

  it.each([
    ["an offset behind the end", { printerInfo: lie(20) }, DecodeError],
    ["an offset far away", { printerInfo: lie(0xffff_ffff) }, DecodeError],
    ["a count that is too high", { printerCount: 3 }, DecodeError],
    ["a count beyond all measure", { printerCount: 0xffff_ffff }, DecodeError],
    ["text without end", { printerInfo: `${lie(16).slice(0, -4)}4200` }, DecodeError],
  ])("are refused from a server that lies: %s", async (_what, runtime, kind) => {
    const { answer } = await ask([], {}, { runtime: { printerCount: 1, ...runtime } });
    expect(answer).toBeInstanceOf(kind);
    expect(answer).not.toBeInstanceOf(ProtocolError);
  });
});

function isViolation({ ev, severity }: LogEntry): boolean {
  return ev === "VIOLATION" && severity !== "note";
}

function u32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
}
