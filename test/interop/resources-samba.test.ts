import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Scripts } from "../cli/programs/scripts.js";
import { PANWATCH, Server, type Line } from "../e2e/support/panwatch.js";
import { run, type Ended } from "../e2e/support/run.js";
import { violationOf } from "../e2e/support/schema.js";
import { TmuxTerminal } from "../e2e/support/tmux.js";
import { icon32, iconFile, quarters } from "../resources/support/pictures.js";
import { findKdc, PASSWORDS, Realm, REALM } from "./kerberos/realm.js";
import { findSambaSpooler, SambaSpooler } from "./lab/samba-spooler.js";
import { buildDll, hasMingw } from "./support/driver-dll.js";
import { PanServer } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";

/** Samba lists drivers only for who calls it by its own name. */
const HOST = "printsrv";
const PASSWORD = PASSWORDS.alice;
const FILES = { "driver.ico": iconFile(32, icon32(quarters(32))) };

function driver(english: string, german: string): Uint8Array {
  const strings = `LANGUAGE 9, 1\nSTRINGTABLE { 1234, "${english}" }\nLANGUAGE 7, 1\nSTRINGTABLE { 1234, "${german}" }\n`;
  return buildDll({ bits: 64, script: `${strings}1 ICON "driver.ico"\n`, files: FILES });
}

/** Keeps what it is started with, and becomes the real smbclient. */
const OBSERVED = `for of in $$ $PPID; do tr '\\0' ' ' </proc/$of/cmdline; echo; done >>"$0.lines"
tr '\\0' '\\n' </proc/$$/environ >>"$0.environment"
exec /usr/bin/smbclient "$@"`;

function defineTests({ kdc, python }: { kdc: string; python: string }): void {
  let realm: Realm;
  let samba: SambaSpooler;
  let config: string;
  let scripts: Scripts;
  let folder: string;
  const first = driver("Toner low", "Wenig Toner");

  beforeAll(async () => {
    realm = await Realm.start(kdc);
    const keys = [`cifs/${HOST}`, `host/${HOST}`];
    // MIT's KDC puts a PAC into its tickets that Samba takes for a broken one of Windows.
    realm.kadmin(
      ...keys.map((key) => `addprinc -randkey +no_auth_data_required ${key}`),
      `ktadd -norandkey -k ${realm.keytab} ${keys.join(" ")}`,
      `ktadd -norandkey -k ${realm.path("alice.keytab")} alice`,
    );
    config = await realm.clientConfig("client", { qualify_shortname: '""' });
    samba = await SambaSpooler.start(
      [`realm = ${REALM}`, "kerberos method = dedicated keytab", `dedicated keytab file = ${realm.keytab}`],
      { KRB5_CONFIG: realm.config, KRB5RCACHENAME: "none:" },
    );
    for (const name of ["IHV.dll", "IHVres.dll", "IHV.gpd"]) upload(`x64/${name}`, first);
    const info = "IHV Laser:IHV.dll:IHV.gpd:IHV.dll:NULL:NULL:RAW:IHVres.dll";
    execFileSync("rpcclient", ["-U", `alice%${PASSWORD}`, samba.address, "-c", `adddriver "Windows x64" "${info}" 3`]);
  }, 120_000);
  afterAll(async () => {
    await samba[Symbol.asyncDispose]();
    await realm[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    scripts = new Scripts();
    scripts.sh("smbclient", OBSERVED);
    folder = scripts.path("drivers");
  });
  afterEach(() => scripts[Symbol.dispose]());

  /** Puts a file on print$ as an administrator does. */
  function upload(path: string, bytes: Uint8Array): void {
    const local = join(samba.directory, "upload");
    writeFileSync(local, bytes);
    const command = `put "${local}" "${path.replaceAll("/", "\\")}"`;
    execFileSync("smbclient", [`//${samba.address}/print$`, "-U", `alice%${PASSWORD}`, "-c", command], {
      stdio: "pipe",
    });
  }

  /** Runs `panwatch resources` for this server, by its name, with nothing but what a test gives in the environment. */
  function resources(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const way = ["--target-ip", samba.address, "--port", `${samba.port}`, "--no-input"];
    const path = `${scripts.folder}:${process.env["PATH"] ?? ""}`;
    const kerberos = { KRB5_CONFIG: config, KRB5CCNAME: `FILE:${realm.path("none")}` };
    return run(["resources", HOST, folder, ...way, ...args], { env: { PATH: path, ...kerberos, ...env } });
  }

  /** The options for a password in a file that only we can read. */
  function authFile(): string[] {
    const file = scripts.file("auth", `username = alice\npassword = ${PASSWORD}\n`);
    return ["-A", file, "--kerberos", "off"];
  }

  /** How smbclient was started, a line each time, and once each by whom. */
  const startedWith = (): string => readFileSync(scripts.path("smbclient.lines"), "utf8");
  const fetched = (name: string): Uint8Array => readFileSync(join(folder, name));

  describe("panwatch resources", () => {
    it("fetches what notifications can name, once, and again when it changes; no password is seen by others", async () => {
      const ended = await resources(authFile());
      expect(ended).toEqual({
        code: 0,
        stdout: `fetched    IHV.dll  ${first.length} bytes\nfetched    IHVres.dll  ${first.length} bytes\n`,
        stderr: "",
      });
      expect([fetched("IHV.dll"), fetched("IHVres.dll")].every((bytes) => Buffer.compare(bytes, first) === 0)).toBe(
        true,
      );
      expect(readdirSync(folder).sort()).toEqual([".panwatch-resources", "IHV.dll", "IHVres.dll"]);
      const [smbclient = "", panwatch = ""] = startedWith().split("\n");
      expect(smbclient).toContain(`smbclient //${HOST}/print$ -I ${samba.address} -U alice --use-kerberos=off`);
      expect(panwatch).toContain(`resources ${HOST}`);
      expect(startedWith()).not.toContain(PASSWORD);
      expect(readFileSync(scripts.path("smbclient.environment"), "utf8")).not.toContain(PASSWORD);

      // Of another size: smbclient tells times in seconds, and this is the same one.
      const second = driver("Toner very low. ".repeat(64), "Sehr wenig Toner");
      upload("x64/3/IHVres.dll", second);
      const again = await resources([...authFile(), "-o", "json"]);
      expect(again.code).toBe(0);
      const rows = again.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Line);
      expect(rows.map(violationOf)).toEqual([null, null]);
      expect(rows).toMatchObject([
        { type: "resource", file: "IHV.dll", path: "x64\\3\\IHV.dll", state: "unchanged", size: first.length },
        { type: "resource", file: "IHVres.dll", path: "x64\\3\\IHVres.dll", state: "fetched", size: second.length },
      ]);
      expect(Buffer.compare(fetched("IHVres.dll"), second)).toBe(0);
    });

    it.each<[what: string, args: () => readonly string[], env: () => Readonly<Record<string, string>>, cache: RegExp]>([
      ["the ticket of KRB5CCNAME", () => ["-k"], () => ({ KRB5CCNAME: kinit("named") }), /ccache=FILE:\S+\/named /],
      ["the ticket of --ccache", () => ["-k", "--ccache", kinit("given")], () => ({}), /ccache=FILE:\S+\/given /],
      [
        "the ticket of a cache that is no file",
        () => ["-k", "--ccache", kinitInto("DIR")],
        () => ({}),
        /ccache=DIR:\S+ /,
      ],
      [
        "a ticket got with a password",
        () => ["-k", "-U", "alice", "--password-file", scripts.file("password", PASSWORD)],
        () => ({}),
        /ccache=FILE:\S+\/panwatch-krb5-\S+ /,
      ],
      [
        "a ticket got with a keytab",
        () => ["-k", "-U", "alice", "--keytab", realm.path("alice.keytab")],
        () => ({}),
        /ccache=FILE:\S+\/panwatch-krb5-\S+ /,
      ],
    ])("hands %s over to smbclient, which uses nothing else", async (_what, args, env, cache) => {
      const { code, stdout, stderr } = await resources(args(), env());
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("fetched    IHV.dll");
      expect(startedWith()).toMatch(cache);
      expect(startedWith()).toContain("--use-kerberos=required");
      const [, left = ""] = /ccache=FILE:(\S+)/.exec(startedWith()) ?? [];
      if (left.includes("panwatch-krb5")) expect(() => statSync(left)).toThrow("ENOENT");
    });

    it("names the files that are too large or missing, and fetches the others", async () => {
      const stored = (name: string): string => join(samba.directory, "print/x64/3", name);
      truncateSync(stored("IHVres.dll"), 201 * 2 ** 20);
      const { code, stdout } = await resources(authFile());
      expect([code, stdout]).toEqual([
        1,
        `fetched    IHV.dll  ${first.length} bytes\ntoo large  IHVres.dll  ${201 * 2 ** 20} bytes\n`,
      ]);
      execFileSync("rm", [stored("IHVres.dll")]);
      const gone = await resources(authFile());
      upload("x64/3/IHVres.dll", first);
      expect([gone.code, gone.stdout]).toEqual([
        1,
        `unchanged  IHV.dll  ${first.length} bytes\nmissing    IHVres.dll\n`,
      ]);
    });

    it("prints the list and the commands where smbclient is missing, which work word for word", async () => {
      mkdirSync(scripts.path("bin"));
      execFileSync("ln", ["-s", "/bin/sh", scripts.path("bin/sh")]);
      const { code, stdout, stderr } = await resources(authFile(), { PATH: scripts.path("bin") });
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^panwatch: smbclient is not installed; .*apt|Debian/)]);
      expect(stdout).toContain('\nget "x64\\3\\IHV.dll" "IHV.dll"\n');
      // A person types the password; a script gives it to smbclient like this.
      const shell = spawnSync("sh", ["-e", "-c", stdout], {
        env: { ...process.env, PASSWD: PASSWORD },
        encoding: "utf8",
      });
      expect([shell.status, shell.stderr.includes("NT_STATUS")]).toEqual([0, false]);
      for (const name of ["IHV.dll", "IHVres.dll"]) expect(Buffer.compare(fetched(name), first)).toBe(0);
    });

    it("asks for them by MS-PAR where the server has it", async () => {
      const files = ["IHV.dll", "IHV.gpd"].map((name) => `\\\\${HOST}\\print$\\x64\\3\\${name}`);
      const drivers = [{ name: "IHV Laser", environment: "Windows x64", files }];
      const args = ["--listen", samba.address, "--names", HOST];
      await using server = await PanServer.start({ python, args, drivers });
      const { code, stdout } = await resources([...authFile(), "--port", `${server.port}`]);
      expect([code, stdout]).toEqual([0, `fetched    IHV.dll  ${first.length} bytes\n`]);
      await server.stop();
      const methods = (await server.log()).flatMap(({ ev, method }) => (ev === "call" ? [method] : []));
      expect(new Set(methods)).toEqual(new Set(["RpcAsyncEnumPrinterDrivers"]));
      expect(await server.violations()).toEqual([]);
    });

    it("ends with 4 and starts no smbclient when the logon is refused", async () => {
      const file = scripts.file("auth", "username = alice\npassword = wrong\n");
      const { code } = await resources(["-A", file, "--kerberos", "off"]);
      expect(code).toBe(4);
      expect(() => startedWith()).toThrow("ENOENT");
    });
  });

  it("a terminal shows the driver's words and its icon, once they are fetched", async () => {
    expect(await resources(authFile())).toMatchObject({ code: 0 });
    await using server = await Server.start();
    const access = `-U alice --password-file ${server.passwordFile} --port ${server.port}`;
    const watch = `"${process.execPath}" "${PANWATCH}" watch 127.0.0.1 ${access} --type asyncui --resources "${folder}"`;
    using window = new TmuxTerminal(
      `unset NO_COLOR FORCE_COLOR\nexport COLORTERM=truecolor\n${watch} --lang de -n 1\n`,
    );
    await window.shows("Watching 127.0.0.1");
    await server.tell({ notify: "balloon", stringId: 1234, dll: "IHV.dll", icon: 1 });
    await window.shows("Wenig Toner");
    expect(window.screen().match(/▀/g)).toHaveLength(16 * 8);
    expect(window.colours()).toContain("\x1b[38;2;255;0;0m");
  });

  function kinit(name: string): string {
    return kinitInto("FILE", name);
  }

  function kinitInto(type: "FILE" | "DIR", name = "collection"): string {
    if (type === "DIR") mkdirSync(realm.path(name));
    const cache = `${type}:${realm.path(name)}`;
    realm.kinit("alice", cache);
    return cache;
  }
}

const [kdc, python] = [await findKdc(), pythonWith(["impacket"])];
describePeer(
  "driver files of a Samba print server",
  findSambaSpooler() && hasMingw() && kdc !== null && python !== null && { kdc, python },
  defineTests,
  "root, Debian's samba, krb5-kdc, mingw-w64 and python3-impacket",
);
