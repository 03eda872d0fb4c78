import { execFileSync } from "node:child_process";
import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fetchFiles } from "../../src/cli/resources/fetch.js";
import { shareFiles, type ShareFile } from "../../src/cli/resources/share-files.js";
import { smbclient } from "../../src/cli/resources/smbclient.js";
import type { Identity } from "../../src/security/identity.js";
import { SecretTrial } from "../../src/security/trial.js";
import { Association } from "../../src/rpc/association.js";
import { winspool } from "../../src/spooler/idl.js";
import { INTERFACES, listDrivers } from "../../src/spooler/spooler.js";
import { dialTcp } from "../../src/transport/dial.js";
import { findSambaSpooler, SambaSpooler } from "./lab/samba-spooler.js";
import { describePeer } from "./support/peer.js";

const PASSWORD = "Passw0rd!";

function defineTests(): void {
  let samba: SambaSpooler;
  beforeAll(async () => {
    samba = await SambaSpooler.start();
    build("IHV.dll");
    smb("print$", 'cd x64; put "IHV.dll" "IHV.dll"');
    const info = "IHV Laser:IHV.dll:IHV.dll:IHV.dll:NULL:NULL:RAW:NULL";
    rpc(`adddriver "Windows x64" "${info}" 3`);
  }, 60_000);
  afterAll(() => samba[Symbol.asyncDispose]());

  /** A driver file as its developers build it. */
  function build(name: string): void {
    writeFileSync(join(samba.directory, "empty.c"), "int ihv;\n");
    execFileSync("x86_64-w64-mingw32-gcc", ["-shared", "-nostdlib", "-Wl,-e,0", "-o", name, "empty.c"], {
      cwd: samba.directory,
    });
  }

  function smb(share: string, command: string): void {
    const args = [`//${samba.address}/${share}`, "-U", `alice%${PASSWORD}`, "-c", command];
    execFileSync("smbclient", args, { cwd: samba.directory, stdio: "pipe" });
  }

  function rpc(command: string): void {
    execFileSync("rpcclient", ["-U", `alice%${PASSWORD}`, samba.address, "-c", command], { stdio: "pipe" });
  }

  async function identity(password = PASSWORD): Promise<Identity> {
    const trial = new SecretTrial();
    (await trial.begin(0)).proved();
    const secret = () => Promise.resolve({ kind: "password", password } as const);
    return { user: "alice", domain: null, secret, trial, kerberos: "off", ccache: null, keytab: null };
  }

  async function run(commands: readonly string[], password?: string): Promise<string> {
    const signal = new AbortController().signal;
    const who = await identity(password);
    return smbclient({ server: samba.address, targetIp: null, identity: who, maxFile: 2 ** 20, signal }, commands);
  }

  async function drivers(): Promise<ShareFile[]> {
    const methods = INTERFACES.find(({ iface }) => iface === winspool);
    expect.assert(methods !== undefined);
    const association = await Association.open({
      dial: (signal) => dialTcp({ host: "127.0.0.1", port: samba.port, signal }),
      security: null,
      level: "privacy",
      iface: winspool,
      transferSyntaxes: ["ndr64", "ndr"],
      deadline: () => AbortSignal.timeout(20_000),
    });
    const found = await listDrivers(association, methods, "printsrv", new AbortController().signal);
    association.close();
    return shareFiles(found);
  }

  it("are found by level 3, fetched once, and fetched again when they change", async () => {
    const files = await drivers();
    expect(files).toEqual([{ path: "x64\\3\\IHV.dll", target: "IHV.dll" }]);
    const folder = join(samba.directory, "fetched");
    const states = async () => (await fetchFiles(files, folder, run)).map(({ state }) => state);
    expect(await states()).toEqual(["fetched"]);
    expect(readFileSync(join(folder, "IHV.dll"))).toEqual(readFileSync(join(samba.directory, "IHV.dll")));
    expect(await states()).toEqual(["unchanged"]);
    const stored = join(samba.directory, "print/x64/3/IHV.dll");
    writeFileSync(stored, "another");
    utimesSync(stored, 1, 1_700_000_000);
    expect(await states()).toEqual(["fetched"]);
    expect(readFileSync(join(folder, "IHV.dll"), "utf8")).toBe("another");
  });

  it("are not written beyond the bound of a file, and a missing one is told", async () => {
    writeFileSync(join(samba.directory, "print/x64/3/large.dll"), Buffer.alloc(3 * 2 ** 20));
    const files = [
      { path: "x64\\3\\large.dll", target: "large.dll" },
      { path: "x64\\3\\none.dll", target: "none.dll" },
    ];
    const folder = join(samba.directory, "bounded");
    const fetched = await fetchFiles(files, folder, run);
    expect(fetched.map(({ state }) => state)).toEqual(["missing", "missing"]);
    expect(() => statSync(join(folder, "large.dll"))).toThrow("ENOENT");
  });

  it("are not asked for again after a refused logon", async () => {
    await expect(run(["ls"], "wrong")).rejects.toMatchObject({ code: "authentication" });
  });
}

describePeer("driver files on Samba's print$", findSambaSpooler(), defineTests, "root and Debian's samba");
