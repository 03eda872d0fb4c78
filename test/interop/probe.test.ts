import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Panwatch } from "../e2e/support/panwatch.js";
import { run } from "../e2e/support/run.js";
import { PanServer, PASSWORD, USER } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "panwatch-probe-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The options that lead the built command to a server, with this password. */
function access(server: PanServer, password = PASSWORD): string[] {
  const file = join(folder, "password");
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  const way = ["--target-ip", server.address, "--epm-port", String(server.epmPort)];
  return [...way, "-U", USER, "--password-file", file, "--kerberos", "off"];
}

describePeer("the built command on the independent print server", pythonWith(["impacket"]), (python) => {
  const ARGS = ["--names", "printserver", "--queues", "HP4", "HP5"];

  it("doctor --probe tries every variant, leaves the server clean, and reports without names", async () => {
    await using server = await PanServer.start({ python, args: ARGS });
    const report = join(folder, "report.json");
    const probe = ["doctor", "printserver", "--probe", "--report", report, ...access(server)];
    const { code, stdout } = await run(probe);
    expect([code, stdout]).toEqual([0, expect.stringContaining("NDR64")]);
    const shared = readFileSync(report, "utf8");
    for (const name of ["printserver", "HP4", "HP5", USER, PASSWORD, server.address])
      expect(shared).not.toContain(name);
    expect(await server.stop()).toMatchObject({ clean: true });
    // To offer one transfer syntax alone is what the probe is for ([MS-PAN] 2.2 wants both).
    const codes = (await server.violations()).map((text) => text.split(" ")[0]);
    expect(codes.filter((violation) => violation !== "PAN-SYNTAX")).toEqual([]);
  });

  it("doctor --probe spends no second logon after a refused one", async () => {
    await using server = await PanServer.start({ python, args: ARGS });
    const { code } = await run(["doctor", "printserver", "--probe", ...access(server, "wrong")]);
    expect(code).toBe(4);
    await server.stop();
    const refused = (await server.log()).filter(({ ev, error }) => ev === "authLeg" && error !== undefined);
    expect(refused).toHaveLength(1);
  });

  it("watch server/* follows each queue, asks again after a restart, and breaks no rule", async () => {
    await using server = await PanServer.start({ python, args: ARGS });
    const backoff = ["--backoff", "1s..2s", "--type", "asyncui"];
    await using watch = new Panwatch(["watch", "printserver/*", "-o", "json", ...backoff, ...access(server)]);
    await watch.count("registered", 4);
    expect(new Set(watch.ofType("registered").map(({ printer }) => printer))).toEqual(new Set(["HP4", "HP5"]));
    await server.control({ do: "set", options: { queues: ["HP4", "HP5", "New"] } });
    await server.control({ do: "restart", downFor: 0.2, panPort: "same" });
    await watch.line({ type: "registered", printer: "New", style: "bidi" });
    watch.kill("SIGTERM");
    expect(await watch.exit()).toBe(143);
    expect(await server.stop()).toMatchObject({ clean: true, must: 0, should: 0 });
    expect(await server.violations()).toEqual([]);
  });
});
