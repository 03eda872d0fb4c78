import { afterAll, beforeAll, expect, it } from "vitest";
import { Association } from "../../src/rpc/association.js";
import { IRemoteWinspool, winspool } from "../../src/spooler/idl.js";
import { INTERFACES, listPrinters } from "../../src/spooler/spooler.js";
import { dialTcp } from "../../src/transport/dial.js";
import { findSambaSpooler, SambaSpooler } from "./lab/samba-spooler.js";
import { describePeer } from "./support/peer.js";

function defineTests(): void {
  let samba: SambaSpooler;
  beforeAll(async () => {
    samba = await SambaSpooler.start();
  }, 60_000);
  afterAll(() => samba[Symbol.asyncDispose]());

  const open = (iface: typeof winspool) =>
    Association.open({
      dial: (signal) => dialTcp({ host: samba.address, port: samba.port, signal }),
      security: null,
      level: "privacy",
      iface,
      transferSyntaxes: ["ndr64", "ndr"],
      deadline: () => AbortSignal.timeout(20_000),
    });

  it("are listed by MS-RPRN, the shared ones only, with names and comments", async () => {
    const methods = INTERFACES.find(({ iface }) => iface === winspool);
    expect.assert(methods !== undefined);
    const association = await open(winspool);
    expect(await listPrinters(association, methods, "printsrv", new AbortController().signal)).toEqual([
      { name: "HP4", comment: "first floor" },
      { name: "Kyo 2", comment: "second floor" },
    ]);
    association.close();
  });

  it("are not there by MS-PAR, which Samba does not have", async () => {
    await expect(open(IRemoteWinspool)).rejects.toMatchObject({ code: "no-interface" });
  });
}

describePeer("the queues of Samba's spooler", findSambaSpooler(), defineTests, "root and Debian's samba");
