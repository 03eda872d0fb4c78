import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { endOf } from "../support/eventually.js";
import { getNewChannel, getNotificationSendResponse } from "../../src/pan/idl.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import { balloonDocument, customUiDocument, messageBoxDocument } from "../../src/print-server/documents/asyncui.js";
import { PrintServer } from "../../src/print-server/print-server.js";
import { deferred } from "../../src/waiting.js";
import { findKdc, Realm } from "../interop/kerberos/realm.js";
import { describePeer } from "../interop/support/peer.js";
import { request, utf16 } from "../notifications/documents.js";
import { HostileServer } from "../watch/support/hostile-server.js";
import { canMount, DeafNameServer } from "./support/name-server.js";
import { Relay } from "./support/relay.js";
import { LEAVING_MS, PANWATCH, Victim } from "./support/victim.js";

/** The ways to the end of a watch. */
const WAYS = ["SIGTERM", "--duration", "-n"] as const;
type Way = (typeof WAYS)[number];

/** Long enough for everything to hang by then. */
const DURATION_MS = 3000;

/** The password of alice, on the print server as in the realm. */
const PASSWORD = "Passw0rd!";
const kdc = await findKdc();

function expectInTime(ms: number): void {
  expect(ms, `leaving took ${Math.round(ms)} ms`).toBeLessThan(LEAVING_MS);
}

describe("a watch leaves within 2 s", () => {
  const folder = mkdtempSync(join(tmpdir(), "panwatch-hostile-"));
  const password = join(folder, "password");
  /** Hooks run until it is there. */
  const go = join(folder, "go");
  let server: PrintServer;
  let relay: Relay;

  beforeAll(() => writeFileSync(password, `${PASSWORD}\n`, { mode: 0o600 }));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    server = await PrintServer.start({ users: [{ name: "alice", password: PASSWORD }] });
    relay = await Relay.start(server.port);
  });
  afterEach(async () => {
    await relay[Symbol.asyncDispose]();
    await server.close();
    rmSync(go, { force: true });
  });

  /** The command that watches the first of the targets, whose last notification's hook runs until `letGo`. */
  function watching(way: Way, targets: readonly string[], ...options: readonly string[]): string[] {
    const access = ["-U", "alice", "--password-file", password, "--port", `${relay.port}`, "--type", "asyncui"];
    const hook = ["-n", "1", "--", "sh", "-c", `until [ -e ${go} ]; do sleep 0.05; done`];
    const end = { SIGTERM: [], "--duration": ["--duration", `${DURATION_MS}ms`], "-n": hook }[way];
    return [process.execPath, PANWATCH, "watch", ...targets, ...access, "-o", "json", ...options, ...end];
  }

  /** Waits until it is registered in both styles; where it ends with a count, until the hook of the last runs. */
  async function settled(victim: Victim, way: Way): Promise<void> {
    await victim.line("registered", 2);
    if (way !== "-n") return;
    balloon();
    await victim.line("notification.balloon");
  }

  function balloon(): void {
    server.notify({ type: ASYNC_UI, data: balloonDocument({ title: "Last", bodies: [] }) });
  }

  /** Makes it leave, and holds it to its promise. `started`: when it was, on the clock of `performance.now`. */
  async function leaves(victim: Victim, way: Way, started: number): Promise<void> {
    if (way === "-n") writeFileSync(go, "");
    const ms = await {
      SIGTERM: () => victim.leave(),
      "--duration": () => victim.goneAfter(started + DURATION_MS),
      "-n": () => victim.goneAfter(performance.now()),
    }[way]();
    expectInTime(ms);
  }

  describe.runIf(canMount())("while a name look-up hangs (needs root)", () => {
    it.each(WAYS)("%s", async (way) => {
      await using names = await DeafNameServer.start(join(folder, "resolv.conf"));
      const asked = names.asked();
      const started = performance.now();
      await using victim = new Victim(names.runs(watching(way, ["127.0.0.1", "dead.example"], "--kerberos", "off")));
      await Promise.all([settled(victim, way), asked]);
      await leaves(victim, way, started);
    });
  });

  describePeer("while a KDC hangs", kdc, (program) => {
    let realm: Realm;
    let deaf: Server;
    let env: Record<string, string>;

    beforeAll(async () => {
      realm = await Realm.start(program);
      realm.kadmin(`ktadd -norandkey -k ${realm.path("alice.keytab")} alice`);
      deaf = createServer((socket) => socket.on("error", () => undefined).resume());
      await once(deaf.listen(0, realm.address), "listening");
      const config = await realm.clientConfig("deaf", {}, (deaf.address() as AddressInfo).port);
      env = { KRB5_CONFIG: config, KRB5CCNAME: `FILE:${realm.path("ccache")}` };
    });
    afterAll(async () => {
      deaf.close();
      await realm[Symbol.asyncDispose]();
    });

    it.each(["kinit", "kvno"].flatMap((asker) => WAYS.map((way) => [asker, way] as const)))(
      "%s, %s",
      async (asker, way) => {
        if (asker === "kvno") realm.kinit("alice", `FILE:${realm.path("ccache")}`);
        else rmSync(realm.path("ccache"), { force: true });
        const keytab = asker === "kinit" ? ["--keytab", realm.path("alice.keytab")] : [];
        const asked = once(deaf, "connection");
        const started = performance.now();
        // NTLM serves an address at once; a name needs a ticket.
        await using victim = new Victim(watching(way, ["127.0.0.1", "localhost"], ...keytab), env);
        await Promise.all([settled(victim, way), asked]);
        await leaves(victim, way, started);
      },
    );
  });

  describe("while the server answers nothing, Unregister neither", () => {
    it.each(WAYS)("%s", async (way) => {
      const started = performance.now();
      await using victim = new Victim(watching(way, ["127.0.0.1"]));
      await settled(victim, way);
      relay.stopAnswering();
      await leaves(victim, way, started);
    });
  });

  describe("while the server does not read a large reply", () => {
    /** Answers with 8 MiB, more than the buffers of both systems hold. */
    const large = `exec=${join(folder, "large-reply")}`;
    beforeAll(() => {
      const script = `#!/bin/sh\ncat >/dev/null\nprintf '{"text":"'\nhead -c 4194304 /dev/zero | tr '\\0' a\nprintf '"}\\n'\n`;
      writeFileSync(join(folder, "large-reply"), script, { mode: 0o700 });
    });

    /** Sends the question, and reads no more once the answer has begun. */
    async function stalled(victim: Victim): Promise<void> {
      await victim.line("registered", 2);
      const content = { dll: "d.dll", entrypoint: "E", bidi: true };
      server.openChannel({ type: ASYNC_UI, data: customUiDocument(content, "Q") });
      await relay.stopReadingAfter(256 * 1024);
    }

    it.each(["SIGTERM", "--duration"] as const)("%s", async (way) => {
      const started = performance.now();
      await using victim = new Victim(watching(way, ["127.0.0.1"], "--reply", large));
      await stalled(victim);
      await leaves(victim, way, started);
    });

    it("-n", async () => {
      await using victim = new Victim(watching("SIGTERM", ["127.0.0.1"], "-n", "1", "--reply", large));
      await stalled(victim);
      expectInTime(await victim.goneAfter(performance.now()));
      expect(victim.lines.find(({ type }) => type === "reply.rejected")?.["message"]).toContain("is unknown");
    });
  });

  describe("while the server does not answer CloseChannel", () => {
    const channel = { attributes: 0, uuid: "23222120-2524-2726-2829-2a2b2c2d2e2f" };
    const easy = join(folder, "easy");
    const data = messageBoxDocument({ title: "T", bodies: [], buttons: [{ id: "IDOK", label: null }] });

    beforeAll(() => writeFileSync(easy, "x", { mode: 0o600 }));

    it.each(WAYS)("%s", async (way) => {
      const replied = deferred();
      await using hanging = await HostileServer.start({
        GetNewChannel: (call, nth) => {
          if (nth === 1) call.answer(getNewChannel, { pNoOfChannels: 1, ppChannelCtxt: [channel], result: 0 });
        },
        GetNotificationSendResponse: (call) => {
          const notified = { ppOutNotificationType: ASYNC_UI, pOutSize: data.length, ppOutNotificationData: data };
          call.answer(getNotificationSendResponse, { pChannel: channel, ...notified, result: 0 });
        },
        CloseChannel: () => replied.resolve(),
      });
      const access = ["-U", "alice", "--password-file", easy, "--port", `${hanging.port}`, "--transfer-syntax", "ndr"];
      const options = ["--auth-level", "packet", "--type", "asyncui", "--reply", "button=IDOK", "-o", "json"];
      const end = { SIGTERM: [], "--duration": ["--duration", `${DURATION_MS}ms`], "-n": ["-n", "1"] }[way];
      const started = performance.now();
      await using victim = Victim.panwatch(["watch", "127.0.0.1", ...access, ...options, ...end]);
      await replied.promise;
      if (way === "-n") expectInTime(await victim.goneAfter(performance.now()));
      else await leaves(victim, way, started);
      expect(victim.lines.find(({ type }) => type === "reply.rejected")?.["message"]).toContain("is unknown");
      expect(victim.lines.slice(-2).map(({ type }) => type)).toEqual(["unregistered", "unregistered"]);
      expect(hanging.count("UnregisterClient")).toBe(2);
    });
  });

  describe("while an expression of the rules needs years for what comes", () => {
    const rules = join(folder, "rules.json");
    beforeAll(() => writeFileSync(rules, JSON.stringify([{ match: { body: "/^(a+)+$/" }, button: "IDOK" }])));

    function boxes(count: number): void {
      const data = messageBoxDocument({
        title: "T",
        bodies: [`${"a".repeat(60)}b`],
        buttons: [{ id: "IDOK", label: null }],
      });
      for (let i = 0; i < count; i++) server.openChannel({ type: ASYNC_UI, data });
    }

    it.each(["SIGTERM", "--duration"] as const)("%s", async (way) => {
      const started = performance.now();
      await using victim = new Victim(watching(way, ["127.0.0.1"], "--reply", `rules=${rules}`));
      await settled(victim, way);
      boxes(100);
      await victim.line("notification.messageBox");
      await leaves(victim, way, started);
    });

    it("-n", async () => {
      const counted = ["-n", "10", "--reply", `rules=${rules}`];
      await using victim = new Victim(watching("SIGTERM", ["127.0.0.1"], ...counted));
      await victim.line("registered", 2);
      boxes(100);
      await victim.line("notification.messageBox", 10);
      expectInTime(await victim.goneAfter(performance.now()));
    });
  });

  describe("while documents keep coming that cost as much as they can", () => {
    const pieces = "x<!----><![CDATA[&]]>&lt;<?p?>".repeat(35_000);
    const data = utf16(request(`<customUI dll="d" entrypoint="e" bidi="false">${pieces}</customUI>`));

    it.each(["SIGTERM", "--duration"] as const)("%s", async (way) => {
      const started = performance.now();
      await using victim = new Victim(watching(way, ["127.0.0.1"], "--kind", "customUi", "--match", "text=/^never/"));
      server.on(({ type }) => type === "client.waiting" && server.notify({ type: ASYNC_UI, data }));
      const first = server.next("client.received");
      const second = first.then(() => server.next("client.received"));
      await Promise.race([way === "SIGTERM" ? second : first, victim.goneAfter(0)]);
      await leaves(victim, way, started);
    });
  });

  it("serve, while nobody reads its stdout: SIGTERM", async () => {
    const child = spawn(process.execPath, [PANWATCH, "serve"], { stdio: ["pipe", "pipe", "ignore"] });
    // 4,000 answers do not fit into any pipe.
    child.stdin.on("error", () => undefined).write('{"close":"c1"}\n'.repeat(4000));
    await once(child.stdout, "readable");
    const asked = performance.now();
    child.kill("SIGTERM");
    await endOf(child, "exit");
    const ms = performance.now() - asked;
    child.stdout.destroy();
    expect(child.exitCode).toBe(0);
    expectInTime(ms);
  });
});
