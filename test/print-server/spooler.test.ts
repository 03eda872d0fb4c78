import { afterEach, describe, expect, it } from "vitest";
import { FaultError } from "../../src/errors.js";
import type { AuthLevel } from "../../src/security/context.js";
import type { TransferSyntax } from "../../src/ndr/syntax.js";
import type { PrintServerOptions } from "../../src/print-server/options.js";
import { PrintServer } from "../../src/print-server/print-server.js";
import { IRemoteWinspool, rpcAsyncEnumPrinters, rpcEnumPrinters, winspool } from "../../src/spooler/idl.js";
import { enumeratePrinters, INTERFACES, listPrinters } from "../../src/spooler/spooler.js";
import { asking } from "../spooler/asking.js";
import { ALICE, connect } from "./client.js";

const QUEUES = ["HP4", "Kyo 2nd floor"];
const LISTED = QUEUES.map((name) => ({ name, comment: "" }));
const ANYTHING = { Flags: 0x22, Name: null, Level: 1, pPrinterEnum: null, cbBuf: 0 };

let server: PrintServer;
afterEach(() => server.close());

async function start(options: Partial<PrintServerOptions> = {}): Promise<void> {
  server = await PrintServer.start({ users: [ALICE], printers: QUEUES, epmPort: 0, ...options });
}

const open = (iface: typeof winspool, level: AuthLevel = "privacy") => connect(server.port, { iface, level });

describe("the queues of the embedded print server", () => {
  it("are listed as they are at that moment, also without the endpoint mapper", async () => {
    await start();
    expect(await enumeratePrinters(asking({ epmPort: server.epmPort ?? 0 }))).toEqual(LISTED);
    server.setPrinters(["New"]);
    expect(await enumeratePrinters(asking({ port: server.port }))).toEqual([{ name: "New", comment: "" }]);
  });

  it("are none where registrations for any name are taken", async () => {
    await start({ printers: null });
    expect(await enumeratePrinters(asking({ port: server.port }))).toEqual([]);
  });

  it.each<TransferSyntax>(["ndr", "ndr64"])("are listed by both interfaces in %s", async (syntax) => {
    await start({ transferSyntaxes: [syntax] });
    for (const methods of INTERFACES) {
      const association = await open(methods.iface);
      expect(await listPrinters(association, methods, "printsrv", new AbortController().signal)).toEqual(LISTED);
      association.close();
    }
  });

  it("are told at privacy level only by MS-PAR (2.1), at any level by MS-RPRN", async () => {
    await start();
    const par = await open(IRemoteWinspool, "integrity");
    await expect(par.call(IRemoteWinspool, rpcAsyncEnumPrinters, ANYTHING)).rejects.toMatchObject({ status: 5 });
    const rprn = await open(winspool, "integrity");
    expect(await rprn.call(winspool, rpcEnumPrinters, ANYTHING)).toMatchObject({ result: 122, pcbNeeded: 116 });
  });

  it("are told by MS-PAR only to whom names its object (3.1.4)", async () => {
    await start();
    const { name, uuid, major, minor } = IRemoteWinspool;
    const nameless = { name, uuid, major, minor };
    const association = await open(nameless);
    const error = await association.call(nameless, rpcAsyncEnumPrinters, ANYTHING).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(FaultError);
    expect(error).toMatchObject({ status: 0x1c010017 });
  });

  it("are told as [MS-RPRN] 3.1.4.2.1 has it", async () => {
    await start();
    const association = await open(winspool);
    const ask = (changes: object) => association.call(winspool, rpcEnumPrinters, { ...ANYTHING, ...changes });
    expect(await ask({ Level: 2 })).toMatchObject({ result: 124 });
    expect(await ask({ Name: "\\\\server\\HP4" })).toMatchObject({ result: 123 });
    expect(await ask({ Name: "" })).toMatchObject({ result: 122, pcbNeeded: 116 });
    expect(await ask({ Flags: 0x20 })).toMatchObject({ result: 0, pcbNeeded: 0, pcReturned: 0 });
    expect(await ask({ pPrinterEnum: new Uint8Array(115), cbBuf: 115 })).toMatchObject({ result: 122, pcReturned: 0 });
    const room = new Uint8Array(200);
    const full = await ask({ pPrinterEnum: room, cbBuf: 200 });
    expect(full).toMatchObject({ result: 0, pcbNeeded: 116, pcReturned: 2 });
    expect(full.pPrinterEnum).toHaveLength(200);
    await expect(ask({ pPrinterEnum: room, cbBuf: 199 })).rejects.toMatchObject({ status: 0x6f7 });
    await expect(ask({ cbBuf: 1 })).rejects.toMatchObject({ status: 0x6f7 });
  });
});
