import { expect, it } from "vitest";
import { enumerateDrivers } from "../../src/spooler/spooler.js";
import { asking } from "../spooler/asking.js";
import { PanServer } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";

const SHARE = "\\\\127.0.0.1\\print$\\";
const IHV = {
  name: "IHV Laser",
  environment: "Windows x64",
  files: [`${SHARE}x64\\3\\IHV.dll`, `${SHARE}x64\\3\\IHV.gpd`, `${SHARE}x64\\3\\IHVui.dll`],
  dependent: [`${SHARE}x64\\3\\IHVres.dll`, `${SHARE}x64\\3\\de-DE\\IHVres.dll.mui`],
};
const OLD = { name: "Änderungsfrei", environment: "Windows NT x86", files: [`${SHARE}W32X86\\3\\OLD.DLL`] };

describePeer("the drivers of the independent print server", pythonWith(["impacket"]), (python) => {
  it.each([
    ["by MS-PAR in NDR64", [], "RpcAsyncEnumPrinterDrivers", true],
    ["by MS-PAR in NDR", ["--no-ndr64"], "RpcAsyncEnumPrinterDrivers", false],
    ["by MS-RPRN in NDR64 where MS-PAR is missing", ["--no-par"], "RpcEnumPrinterDrivers", true],
    ["by MS-RPRN in NDR where MS-PAR is missing", ["--no-par", "--no-ndr64"], "RpcEnumPrinterDrivers", false],
  ])("are listed %s, for every environment, at level 3", async (_how, args, method, ndr64) => {
    await using server = await PanServer.start({ python, args, drivers: [IHV, OLD] });
    expect(await enumerateDrivers(asking({ epmPort: server.epmPort }))).toEqual([
      { name: IHV.name, environment: IHV.environment, files: [...IHV.files, ...IHV.dependent] },
      OLD,
    ]);
    await server.stop();
    const calls = (await server.log()).filter(({ ev, cbBuf }) => ev === "call" && cbBuf !== undefined);
    expect(calls).toMatchObject([
      { method, ndr64, level: 3, environment: "all", name: "\\\\127.0.0.1", cbBuf: 0 },
      { method, ndr64, level: 3, environment: "all", name: "\\\\127.0.0.1" },
    ]);
    expect(await server.violations()).toEqual([]);
  });

  it("may be none", async () => {
    await using server = await PanServer.start({ python, drivers: [] });
    expect(await enumerateDrivers(asking({ epmPort: server.epmPort }))).toEqual([]);
  });
});
