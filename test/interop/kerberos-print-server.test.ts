import { rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, afterEach, expect, it, vi } from "vitest";
import type { ConnectionOptions } from "../../src/pan/connection-options.js";
import type { WatchEvent } from "../../src/watch/events.js";
import { watch, type WatchRequest } from "../../src/watch/watch.js";
import { Panwatch } from "../e2e/support/panwatch.js";
import { findKdc, HOSTS, Realm, REALM } from "./kerberos/realm.js";
import { Relay } from "./kerberos/relay.js";
import { balloon, messageBox } from "./support/documents.js";
import { PanServer } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";
import { of, watchToEnd } from "./support/watching.js";

const ASYNC_UI = "f6853f92-eb31-4e23-b6e7-fd69056153f0";
const NTLM_SIGNATURE = "NTLMSSP\0";

/** A unidirectional and a bidirectional notification, one of them larger than a fragment. */
const STEPS = [
  {
    on: "getNotification",
    nth: 1,
    do: "notify",
    type: "asyncui",
    filter: "all",
    xml: balloon("Jam", "Tray 2 ".repeat(2000)),
    when: "after",
  },
  {
    on: "getNewChannel",
    nth: 1,
    do: "openChannel",
    channel: "box",
    type: "asyncui",
    filter: "all",
    xml: messageBox("Paper"),
    when: "after",
  },
];

const VARIANTS: readonly (readonly [name: string, args: readonly string[], connection?: WatchRequest["connection"]])[] =
  [
    ["at level privacy", []],
    ["at level integrity", ["--min-level", "5"], { level: "integrity" }],
    ["at level packet", ["--min-level", "4"], { level: "packet" }],
    ["at level privacy without header signing", ["--no-hdrsign"]],
    ["at level integrity without header signing", ["--min-level", "5", "--no-hdrsign"], { level: "integrity" }],
    ["at level packet without header signing", ["--min-level", "4", "--no-hdrsign"], { level: "packet" }],
    ["without NDR64", ["--no-ndr64"]],
    ["without NDR", ["--no-ndr"]],
    ["without multiplexing", ["--no-mpx"]],
    ["without multiplexing, at level integrity", ["--no-mpx", "--min-level", "5"], { level: "integrity" }],
    ["with fragments of 2048 bytes", ["--max-frag", "2048"]],
    ["with a MIC always", ["--mic", "always"]],
    ["with signed faults", ["--fault-auth", "sign"]],
    ["with zero octets behind its tokens", ["--token-zeros", "8"]],
  ];

const python = pythonWith(["impacket", "gssapi"]);
const kdc = await findKdc();

describePeer("the independent print server in a realm", python !== null && kdc !== null && { python, kdc }, (peer) => {
  let realm: Realm;

  beforeAll(async () => {
    realm = await Realm.start(peer.kdc);
    realm.kinit("alice", `FILE:${realm.path("alice")}`);
  });
  afterAll(() => realm[Symbol.asyncDispose]());
  beforeEach(() => {
    vi.stubEnv("KRB5_CONFIG", realm.config);
    vi.stubEnv("KRB5CCNAME", `FILE:${realm.path("alice")}`);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  function start(
    args: readonly string[] = [],
    steps: readonly object[] = STEPS,
    keytab = realm.keytab,
  ): Promise<PanServer> {
    const env = { KRB5_CONFIG: realm.config, KRB5RCACHENAME: "none:" };
    const names = ["--names", HOSTS.current];
    return PanServer.start({ python: peer.python, args: ["--keytab", keytab, ...names, ...args], steps, env });
  }

  function request(server: PanServer, connection: Partial<ConnectionOptions> = {}): WatchRequest {
    const way = { targetIp: server.address, epmPort: server.epmPort, ...connection };
    return { server: HOSTS.current, kerberos: "required", connection: way, limit: 2 };
  }

  for (const [name, args, connection = {}] of VARIANTS)
    it(`a whole watch ${name}, and no rule is broken`, async () => {
      await using server = await start(args);
      const { events, outcome } = await watchToEnd(request(server, connection));
      expect(outcome).toMatchObject({ reason: "count", error: null });
      expect(
        of(events, "notification")
          .map(({ notification }) => notification.kind)
          .sort(),
      ).toEqual(["balloon", "messageBox"]);
      const auth = { mechanism: "Kerberos", level: connection.level ?? "privacy", user: `alice@${REALM}` };
      for (const registered of of(events, "registered")) expect(registered.auth).toEqual(auth);
      expect(of(events, "error")).toEqual([]);
      const summary = await server.stop();
      expect(await server.violations()).toEqual([]);
      expect(summary).toMatchObject({ clean: true, must: 0, should: 0 });
      const authenticated = (await server.log()).filter(({ ev }) => ev === "authenticated");
      expect(authenticated[0]).toMatchObject({
        user: `alice@${REALM}`,
        mech: "krb5",
        mechListMic: { in: true, out: true },
      });
    });

  it("a server with RC4 that confirms no list of mechanisms ([MS-SPNG] product note 8)", async () => {
    const config = await realm.clientConfig("rc4", { permitted_enctypes: "arcfour-hmac aes256-cts" });
    realm.kinit("alice", `FILE:${realm.path("rc4")}`, [], config);
    vi.stubEnv("KRB5_CONFIG", config);
    vi.stubEnv("KRB5CCNAME", `FILE:${realm.path("rc4")}`);
    await using server = await start(["--names", HOSTS.old, "--mic", "never"]);
    const { events, outcome } = await watchToEnd({ ...request(server), server: HOSTS.old });
    expect(outcome).toMatchObject({ reason: "count", error: null });
    expect(of(events, "registered")[0]?.auth).toMatchObject({ mechanism: "Kerberos" });
    const [authenticated] = (await server.log()).filter(({ ev }) => ev === "authenticated");
    expect(authenticated).toMatchObject({ mechListMic: { in: true, out: false } });
  });

  it("a server with AES has to confirm the list", async () => {
    await using server = await start(["--mic", "never"]);
    const { outcome } = await watchToEnd(request(server));
    expect(outcome.error).toMatchObject({ code: "authentication" });
    expect(outcome.error?.message).toContain("mechListMIC");
  });

  it("required never sends an NTLM token or offers NTLM, whatever the server does", async () => {
    for (const args of [[], ["--mechs", "ntlm"], ["--no-mpx"]]) {
      await using server = await start(args);
      await using relay = await Relay.to(server.address, server.port);
      const { outcome } = await watchToEnd(request(server, { targetIp: "127.0.0.1", port: relay.port }));
      expect(outcome.everRegistered).toBe(!args.includes("ntlm"));
      if (args.includes("ntlm")) expect(outcome.error?.code).toMatch(/^(authentication|unreachable)$/);
      expect(relay.sent.length).toBeGreaterThan(0);
      for (const bytes of relay.sent) {
        expect(bytes.includes(NTLM_SIGNATURE)).toBe(false);
        expect(bytes.includes(Buffer.from("2b06010401823702020a", "hex"))).toBe(false);
      }
    }
  });

  it("desired offers NTLM to a server without Kerberos on a second connection, and says so", async () => {
    await using server = await start(["--mechs", "ntlm"]);
    await using relay = await Relay.to(server.address, server.port);
    const way = { targetIp: "127.0.0.1", port: relay.port };
    const notices: string[] = [];
    const { events, outcome } = await watchToEnd({
      ...request(server, way),
      kerberos: "desired",
      notice: (text, level) => level === "warn" && notices.push(text),
    });
    expect(outcome).toMatchObject({ reason: "count", error: null });
    expect(of(events, "registered")[0]?.auth).toMatchObject({ mechanism: "NTLM" });
    expect(relay.sent.map((bytes) => bytes.includes(NTLM_SIGNATURE))).toEqual([false, true]);
    expect(notices).toEqual([expect.stringMatching(/ticket of alice@LAB\.TEST was refused.*NTLM used instead/)]);
    expect(await server.violations()).toEqual([]);
  });

  it("desired goes to NTLM on a new connection when the server cannot use the ticket, and says so once", async () => {
    await using twin = await Realm.start(peer.kdc);
    await using server = await start([], STEPS, twin.keytab);
    const notices: string[] = [];
    const { events, outcome } = await watchToEnd({
      ...request(server),
      kerberos: "desired",
      notice: (text, level) => level === "warn" && notices.push(text),
    });
    expect(outcome).toMatchObject({ reason: "count", error: null });
    expect(of(events, "registered")[0]?.auth).toMatchObject({ mechanism: "NTLM" });
    expect(notices).toEqual([expect.stringMatching(/ticket of alice@LAB\.TEST was refused.*NTLM used instead/)]);
    expect(await server.violations()).toEqual([]);
  });

  it("a ticket that is gone at a reconnect is told once, waited for, and the watch goes on with a new one", async () => {
    const cache = realm.path("passing");
    realm.kinit("alice", `FILE:${cache}`);
    vi.stubEnv("KRB5CCNAME", `FILE:${cache}`);
    const cut = { on: "getNotification", nth: 1, delay: 0.05, do: "dropConnection", how: "fin" };
    const again = { ...STEPS[0], on: "register", nth: 2 };
    await using server = await start([], [cut, again]);
    // Without a password, which would get another ticket.
    const watcher = watch({
      ...request(server),
      ...{ style: "uni", types: [ASYNC_UI], limit: 1, retry: { minMs: 1, maxMs: 5 } },
    });
    const events: WatchEvent[] = [];
    for await (const event of watcher) {
      events.push(event);
      if (event.type === "registered" && event.attempt === 1) rmSync(cache);
      if (event.type === "error") realm.kinit("alice", `FILE:${cache}`);
    }
    const outcome = await watcher.outcome;
    expect(outcome).toMatchObject({ reason: "count", error: null });
    expect(of(events, "registered").map(({ attempt }) => attempt)).toEqual([1, 2]);
    const missing = of(events, "error").filter(({ code }) => code === "authentication");
    expect(missing).toMatchObject([
      {
        stage: "logon",
        fatal: false,
        message: expect.stringContaining("there is no Kerberos ticket") as string,
        hint: expect.stringContaining("kinit") as string,
      },
    ]);
  });

  it("required ends with the logon when the server cannot use the ticket", async () => {
    await using twin = await Realm.start(peer.kdc);
    await using server = await start([], STEPS, twin.keytab);
    const { outcome } = await watchToEnd(request(server));
    expect(outcome).toMatchObject({ everRegistered: false });
    expect(outcome.error?.code).toMatch(/^(authentication|unreachable)$/);
  });

  it.each(["flipBody", "flipSignature"])(
    "%s in a sealed response ends the connection with a clear error",
    async (what) => {
      const spoil = {
        on: "getNotification",
        nth: 1,
        do: "mutate",
        what,
        ptype: "response",
        count: 1,
        when: "before",
      };
      await using server = await start([], [spoil, ...STEPS]);
      const { events, outcome } = await watchToEnd({ ...request(server), retry: { limit: 0 } });
      const error = outcome.error ?? of(events, "error")[0];
      expect(error?.message).toMatch(/Kerberos seal does not verify/);
      expect(outcome.everRegistered).toBe(true);
    },
  );

  it("watch -vv tells the ticket, the programs that got it, and the mechanism", async () => {
    realm.kadmin(`ktadd -norandkey -k ${realm.path("alice.keytab")} alice`);
    vi.stubEnv("KRB5CCNAME", `FILE:${realm.path("none")}`);
    await using server = await start();
    const way = ["--target-ip", server.address, "--epm-port", `${server.epmPort}`];
    const args = ["-k", "--keytab", realm.path("alice.keytab"), "-n", "2", "-o", "json", "-vv"];
    await using command = new Panwatch(["watch", HOSTS.current, ...way, ...args]);
    expect(await command.exit()).toBe(0);
    for (const line of [
      /^panwatch: klist -k -- \S+alice\.keytab runs as process \d+$/m,
      /^panwatch: kinit -k -t \S+alice\.keytab -c FILE:\S+ -- alice@LAB\.TEST runs as process \d+$/m,
      /^panwatch: kinit ended after \d+ ms with exit status 0$/m,
      /^panwatch: kvno -q -c FILE:\S+ -S host -- \S+ runs as process \d+$/m,
      /^panwatch: logon by Kerberos with the ticket of alice@LAB\.TEST for host\/\S+$/m,
      /^panwatch: .*: connection 1: Kerberos as alice@LAB\.TEST, /m,
    ])
      expect(command.stderr).toMatch(line);
    expect(await server.violations()).toEqual([]);
  });
});
