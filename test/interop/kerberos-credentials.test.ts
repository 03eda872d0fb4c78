import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Identity } from "../../src/security/identity.js";
import { openLogon } from "../../src/security/logon.js";
import { MECHANISM_OIDS } from "../../src/security/mechanism.js";
import { decodeNegTokenInit, decodeNegTokenResp, encodeNegTokenResp } from "../../src/security/spnego/tokens.js";
import { GssAcceptor, GssRefusal } from "./gss/acceptor.js";
import { findKdc, HOSTS, PASSWORDS, Realm, REALM } from "./kerberos/realm.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";
import { SecretTrial } from "../../src/security/trial.js";

const python = pythonWith(["gssapi"]);
const kdc = await findKdc();
const ALICE = `alice@${REALM}`;

describePeer("credentials for a realm of MIT krb5", python !== null && kdc !== null && { python, kdc }, (peer) => {
  let realm: Realm;
  /** Where private caches go, so that what is left of them is seen. */
  let temporary: string;
  let notices: string[];

  beforeAll(async () => {
    realm = await Realm.start(peer.kdc);
    realm.kinit("alice", `FILE:${realm.path("alice")}`);
    realm.kadmin(`ktadd -norandkey -k ${realm.path("users.keytab")} alice bob`);
  });
  afterAll(() => realm[Symbol.asyncDispose]());
  beforeEach(async () => {
    temporary = await mkdtemp(join(tmpdir(), "panwatch-test-"));
    notices = [];
    vi.stubEnv("TMPDIR", temporary);
    vi.stubEnv("KRB5_CONFIG", realm.config);
    vi.stubEnv("KRB5CCNAME", `FILE:${realm.path("none")}`);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(temporary, { recursive: true });
  });

  function open(identity: Partial<Identity>, host: string = HOSTS.current, patienceMs?: number, signal?: AbortSignal) {
    const nobody: Identity = {
      user: null,
      domain: null,
      secret: () => Promise.resolve(null),
      kerberos: "required",
      ccache: null,
      keytab: null,
      trial: new SecretTrial(),
    };
    const notice = (text: string, level: string): void => void (level !== "debug" && notices.push(`${level}: ${text}`));
    return openLogon(
      { ...nobody, ...identity },
      { server: host, spn: null, notice, ...(patienceMs !== undefined && { patienceMs }), ...(signal && { signal }) },
    );
  }

  /** Logs on to a server of the realm; gives who the server says it is. */
  async function whoLogsOn(identity: Partial<Identity>): Promise<string> {
    await using logon = await open(identity);
    await using server = acceptor();
    const context = await logon.context();
    const first = decodeNegTokenInit((await context.step(null)).token ?? new Uint8Array());
    expect(first.mechTypes[0]).toBe(MECHANISM_OIDS.msKerberos);
    const { token: responseToken } = await server.accept(first.mechToken ?? new Uint8Array());
    const answer = encodeNegTokenResp({
      negState: "acceptIncomplete",
      supportedMech: MECHANISM_OIDS.msKerberos,
      responseToken,
    });
    const third = decodeNegTokenResp((await context.step(answer)).token ?? new Uint8Array());
    const { user } = await server.accept(third.responseToken ?? new Uint8Array());
    expect(context.user).toBe(user);
    return user;
  }

  function acceptor(keytab = realm.keytab): GssAcceptor {
    return new GssAcceptor({ python: peer.python, keytab, config: realm.config, headerSigning: true });
  }

  it("takes the ticket of KRB5CCNAME", async () => {
    vi.stubEnv("KRB5CCNAME", `FILE:${realm.path("alice")}`);
    expect(await whoLogsOn({})).toBe(ALICE);
    expect(process.env.KRB5CCNAME).toBe(`FILE:${realm.path("alice")}`);
  });

  it("takes the cache that was named, as FILE: and as a path", async () => {
    expect(await whoLogsOn({ ccache: `FILE:${realm.path("alice")}` })).toBe(ALICE);
    expect(await whoLogsOn({ ccache: realm.path("alice"), user: "ALICE", domain: "lab.test" })).toBe(ALICE);
  });

  it("asks for the service ticket once, and by the library where kvno is not installed", async () => {
    realm.kinit("bob", `FILE:${realm.path("fresh")}`);
    const calls = await recordPrograms();
    expect(await whoLogsOn({ ccache: realm.path("fresh") })).toBe(`bob@${REALM}`);
    expect(await whoLogsOn({ ccache: realm.path("fresh") })).toBe(`bob@${REALM}`);
    expect(await calls()).toEqual([expect.stringMatching(/^kvno .*-S host -- printsrv\.lab\.test$/)]);

    realm.kinit("bob", `FILE:${realm.path("fresh")}`);
    vi.stubEnv("PATH", join(temporary, "empty"));
    expect(await whoLogsOn({ ccache: realm.path("fresh") })).toBe(`bob@${REALM}`);
  });

  it("takes the default cache of krb5.conf where KRB5CCNAME is not set", async () => {
    vi.stubEnv("KRB5CCNAME", undefined);
    const name = `FILE:${realm.path("alice")}`;
    vi.stubEnv("KRB5_CONFIG", await realm.clientConfig("named", { default_ccache_name: name }));
    expect(await whoLogsOn({})).toBe(ALICE);
    expect(process.env).not.toHaveProperty("KRB5CCNAME");
  });

  it("copies a cache that is no file, privately, and removes the copy", async () => {
    await mkdir(realm.path("collection"));
    const name = `DIR:${realm.path("collection")}`;
    realm.kinit("bob", name);
    expect(await whoLogsOn({ ccache: name })).toBe(`bob@${REALM}`);
    vi.stubEnv("KRB5CCNAME", name);
    expect(await whoLogsOn({ user: "bob" })).toBe(`bob@${REALM}`);
    expect(await readdir(temporary)).toEqual([]);
  });

  it("keeps private caches where nobody else can enter, until the logon is disposed of", async () => {
    const logon = await open({ keytab: realm.path("users.keytab") });
    await logon.context();
    const [directory = expect.fail("no private directory")] = await readdir(temporary);
    expect((await stat(join(temporary, directory))).mode & 0o777).toBe(0o700);
    await logon[Symbol.asyncDispose]();
    expect(await readdir(temporary)).toEqual([]);
  });

  it("sweeps private caches of processes that were killed, and those only", async () => {
    const { pid: gone } = spawnSync("true");
    const mine = join(temporary, `panwatch-krb5-${hostname()}-${process.pid}-abc`);
    const others = [`panwatch-krb5-elsewhere-${gone}-abc`, `panwatch-krb5-${hostname()}-x`, "panwatch-1-abc"];
    const left = join(temporary, `panwatch-krb5-${hostname()}-${gone}-abc`);
    for (const path of [left, mine, ...others.map((name) => join(temporary, name))]) await mkdir(path);
    await writeFile(join(left, "krb5cc"), "a ticket");
    await symlink(realm.directory, `${left}d`);
    expect(await whoLogsOn({ ccache: realm.path("alice") })).toBe(ALICE);
    expect((await readdir(temporary)).sort()).toEqual(
      [mine, `${left}d`]
        .map((path) => basename(path))
        .concat(others)
        .sort(),
    );
  });

  it("logs on with a keytab, as the user that was named or else the first in it", async () => {
    const keytab = realm.path("users.keytab");
    expect(await whoLogsOn({ keytab })).toBe(ALICE);
    expect(await whoLogsOn({ keytab, user: "bob" })).toBe(`bob@${REALM}`);
    expect(await readdir(temporary)).toEqual([]);
  });

  it("logs on with a password, which no argument of a program carries", async () => {
    const arguments_ = await recordPrograms();
    const secret = () => Promise.resolve({ kind: "password", password: PASSWORDS.bob } as const);
    expect(await whoLogsOn({ user: "bob", secret })).toBe(`bob@${REALM}`);
    expect(await whoLogsOn({ user: `bob@${REALM.toLowerCase()}`, secret })).toBe(`bob@${REALM}`);
    const calls = (await arguments_()).filter((call) => call.startsWith("kinit"));
    expect(calls).toHaveLength(2);
    expect(calls.join("\n")).toMatch(/kinit -c FILE:.* -- bob/);
    expect(calls.join("\n")).not.toContain(PASSWORDS.bob);
    expect(await readdir(temporary)).toEqual(["bin"]);
  });

  it("logs on with a UPN whose suffix is no realm, as an enterprise name, trying the password once", async () => {
    realm.kadmin(`addprinc -pw ${PASSWORDS.bob} +requires_preauth bob\\@corp.example`);
    const calls = await recordPrograms();
    const secret = () => Promise.resolve({ kind: "password", password: PASSWORDS.bob } as const);
    await using logon = await open({ user: "bob@corp.example", secret });
    await using server = acceptor();
    const context = await logon.context();
    const { mechToken } = decodeNegTokenInit((await context.step(null)).token ?? new Uint8Array());
    const { token: responseToken } = await server.accept(mechToken ?? new Uint8Array());
    await context.step(encodeNegTokenResp({ negState: "acceptIncomplete", responseToken }));
    expect(context.user).toBe(`bob@corp.example@${REALM}`);
    expect((await calls()).filter((call) => call.startsWith("kinit"))).toEqual([
      expect.stringMatching(/ -- bob@CORP\.EXAMPLE$/),
      expect.stringMatching(/ -E -- bob@corp\.example$/),
    ]);
  });

  it("says that a password has expired, which kinit tells on its standard output", async () => {
    realm.kadmin(`addprinc -pw ${PASSWORDS.bob} +requires_preauth +needchange dave`);
    const secret = () => Promise.resolve({ kind: "password", password: PASSWORDS.bob } as const);
    await using logon = await open({ user: "dave", secret });
    await expect(logon.context()).rejects.toMatchObject({
      message: expect.stringMatching(/^the password has expired/) as string,
      hint: expect.stringContaining("kpasswd") as string,
    });
  });

  it("says how to use a ticket that is refused for its name", async () => {
    await using logon = await open({ ccache: realm.path("alice"), user: "alice@corp.example" });
    await expect(logon.context()).rejects.toMatchObject({
      message: expect.stringContaining(`${ALICE}'s, not alice@CORP.EXAMPLE's`) as string,
      hint: expect.stringContaining("name no user (the option user)") as string,
    });
  });

  it("logs on once for all connections of a logon, and anew when the ticket expires", async () => {
    const keytab = realm.path("users.keytab");
    const lasting = await recordPrograms();
    await using logon = await open({ keytab, user: "alice" });
    await Promise.all([logon.context(), logon.context()]);
    await logon.context();
    expect((await lasting()).filter((call) => call.startsWith("kinit"))).toHaveLength(1);

    vi.stubEnv("KRB5_CONFIG", await realm.clientConfig("brief", { ticket_lifetime: "30s" }));
    await using brief = await open({ keytab, user: "alice" });
    await brief.context();
    await brief.context();
    expect((await lasting()).filter((call) => call.startsWith("kinit"))).toHaveLength(3);
  });

  it("does not try a refused password again", async () => {
    const calls = await recordPrograms();
    const secret = () => Promise.resolve({ kind: "password", password: "wrong" } as const);
    await using logon = await open({ user: "bob", secret });
    const outcomes = await Promise.allSettled([logon.context(), logon.context()]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(logon.context()).rejects.toThrow("refused the password");
    expect(await calls()).toHaveLength(1);
  });

  it.each([
    ["a wrong password", { user: "bob", password: "wrong" }, /refused the password \(bob for host\/printsrv/],
    ["an unknown user", { user: "eve", password: "x" }, /does not know the account eve@LAB\.TEST/],
    ["an unknown realm", { user: "bob@nowhere.test", password: "x" }, /realm NOWHERE\.TEST/],
  ])("says what is wrong with %s, and leaves nothing behind", async (_, { user, password }, message) => {
    await using logon = await open({ user, secret: () => Promise.resolve({ kind: "password", password }) });
    await expect(logon.context()).rejects.toMatchObject({
      code: "authentication",
      message: expect.stringMatching(message) as string,
    });
    await logon[Symbol.asyncDispose]();
    expect(await readdir(temporary)).toEqual([]);
  });

  it("names kinit when there is no ticket", async () => {
    await using logon = await open({});
    await expect(logon.context()).rejects.toMatchObject({
      code: "authentication",
      message: expect.stringMatching(/there is no Kerberos ticket \(for host\/printsrv\.lab\.test/) as string,
      hint: expect.stringContaining("kinit") as string,
    });
  });

  it("names kinit when there are no tickets in a cache that is no file", async () => {
    await mkdir(realm.path("empty"));
    await using logon = await open({ ccache: `DIR:${realm.path("empty")}` });
    await expect(logon.context()).rejects.toMatchObject({ hint: expect.stringContaining("kinit") as string });
  });

  it("names the SPN that the domain does not know", async () => {
    await using logon = await open({ ccache: realm.path("alice") }, "unknown.lab.test");
    await expect(logon.context()).rejects.toMatchObject({
      message: expect.stringMatching(/does not know the print server.*host\/unknown\.lab\.test/) as string,
      hint: expect.stringContaining("connection.spn") as string,
    });
  });

  it("names the realm whose KDC does not answer", async () => {
    vi.stubEnv("KRB5_CONFIG", await realm.clientConfig("unreachable", {}, 1));
    realm.kinit("alice", `FILE:${realm.path("lonely")}`);
    await using logon = await open({ ccache: realm.path("lonely") });
    await expect(logon.context()).rejects.toMatchObject({
      message: expect.stringMatching(/realm LAB\.TEST/) as string,
    });
  });

  describe("with a KDC that takes connections and says nothing", () => {
    let silent: Server;

    beforeEach(async () => {
      realm.kinit("alice", `FILE:${realm.path("waiting")}`);
      silent = createServer().listen(0, realm.address);
      await once(silent, "listening");
      const { port } = silent.address() as AddressInfo;
      vi.stubEnv("KRB5_CONFIG", await realm.clientConfig("silent", {}, port));
    });
    afterEach(() => silent.close());

    it.each([
      ["kinit", { user: "bob", ccache: null }, "bob"],
      ["kvno", { user: null, ccache: "waiting" }, `alice@${REALM}`],
    ])("does not wait for ever: %s", async (_, { user, ccache }, account) => {
      const secret = () => Promise.resolve({ kind: "password", password: "x" } as const);
      const identity = { user, secret, ccache: ccache === null ? null : realm.path(ccache) };
      await using logon = await open(identity, HOSTS.current, 100);
      await expect(logon.context()).rejects.toMatchObject({
        code: "authentication",
        message: `Kerberos gave no answer in 0.1 s (${account} for host/printsrv.lab.test)`,
      });
      await logon[Symbol.asyncDispose]();
      expect(await readdir(temporary)).toEqual([]);
    });

    it.each([
      ["kinit", { user: "bob", ccache: null }],
      ["kvno", { user: null, ccache: "waiting" }],
    ])("is left at once where the command leaves: %s is killed", async (_, { user, ccache }) => {
      const leaving = new AbortController();
      const asked = once(silent, "connection");
      const secret = () => Promise.resolve({ kind: "password", password: "x" } as const);
      const identity = { user, secret, ccache: ccache === null ? null : realm.path(ccache) };
      await using logon = await open(identity, HOSTS.current, 600_000, leaving.signal);
      const context = logon.context();
      const [socket] = (await asked) as [Socket];
      const closed = once(socket.resume(), "close");
      leaving.abort();
      await expect(context).rejects.toMatchObject({ code: "authentication" });
      await closed;
    });

    it("goes to NTLM when Kerberos is desired only, and says so", async () => {
      const secret = () => Promise.resolve({ kind: "password", password: "x" } as const);
      const identity = { user: "alice", secret, kerberos: "desired", ccache: realm.path("waiting") } as const;
      await using logon = await open(identity, HOSTS.current, 100);
      const { token } = await (await logon.context()).step(null);
      expect(decodeNegTokenInit(token ?? new Uint8Array()).mechTypes).toEqual([MECHANISM_OIDS.ntlm]);
      expect(notices).toEqual([
        expect.stringMatching(/^warn: Kerberos cannot be used, NTLM used instead: .*no answer/),
      ]);
    });
  });

  it("names the keytab that is not there, and the account that is not in it", async () => {
    await using missing = await open({ keytab: realm.path("missing") });
    await expect(missing.context()).rejects.toMatchObject({ hint: expect.stringContaining("klist -k") as string });
    await using other = await open({ keytab: realm.path("users.keytab"), user: "carol" });
    await expect(other.context()).rejects.toMatchObject({
      code: "authentication",
      message: expect.stringContaining("carol") as string,
    });
  });

  it("explains the error of a server that has another key than the domain", async () => {
    await using twin = await Realm.start(peer.kdc);
    await using server = acceptor(twin.keytab);
    await using logon = await open({ ccache: realm.path("alice") });
    const context = await logon.context();
    const { mechToken } = decodeNegTokenInit((await context.step(null)).token ?? new Uint8Array());
    const refusal: unknown = await server.accept(mechToken ?? new Uint8Array()).catch((error: unknown) => error);
    if (!(refusal instanceof GssRefusal)) expect.fail("the server took the ticket");
    const answer = encodeNegTokenResp({
      negState: "acceptIncomplete",
      supportedMech: MECHANISM_OIDS.msKerberos,
      responseToken: refusal.token,
    });
    await expect(context.step(answer)).rejects.toMatchObject({
      code: "authentication",
      message: expect.stringMatching(/belongs to another account.*error 31/) as string,
    });
  });

  it("says what to install when kinit is not there", async () => {
    vi.stubEnv("PATH", temporary);
    await using logon = await open({ user: "bob", secret: () => Promise.resolve({ kind: "password", password: "x" }) });
    await expect(logon.context()).rejects.toMatchObject({ hint: expect.stringContaining("krb5-user") as string });
  });

  /** Puts scripts before kinit, klist and kvno that note how they are called; gives their notes. */
  async function recordPrograms(): Promise<() => Promise<string[]>> {
    const folder = join(temporary, "bin");
    const notes = realm.path(`calls-${Math.random()}`);
    await mkdir(folder);
    for (const program of ["kinit", "klist", "kvno"]) {
      const script = `#!/bin/sh\necho "${program} $*" >> ${notes}\nexec /usr/bin/${program} "$@"\n`;
      await writeFile(join(folder, program), script);
      await chmod(join(folder, program), 0o755);
    }
    vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
    return async () => (await readFile(notes, "utf8")).trim().split("\n");
  }
});
