import { expect, it } from "vitest";
import { DEFAULT_CONNECTION, DEFAULT_RETRY, DEFAULT_MAX_SIZE } from "../../src/pan/defaults.js";
import { defaultStringTables } from "../../src/notifications/strings/string-tables.js";
import { SecretTrial } from "../../src/security/trial.js";
import type { WatchEvent } from "../../src/watch/events.js";
import type { WatchRequest } from "../../src/watch/watch.js";
import { Watcher } from "../../src/watch/watcher.js";
import { balloon } from "./support/documents.js";
import { PanServer, PASSWORD, USER } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";
import { of, watchToEnd, type Watched } from "./support/watching.js";

const ASYNC_UI = "f6853f92-eb31-4e23-b6e7-fd69056153f0";

/** The faces of a refused logon: what the server answers to AUTHENTICATE. */
const FACES = ["auto", "close", "0x80090308", "0x1C01000B", "nak0", "nak9"] as const;
const SILENT = ["close"];

/** Another password at the server, and how it refuses. */
const changed = (face: string) => ({ do: "set", options: { user: [`${USER}%another`], auth_failure: face } });
const restored = { do: "set", options: { user: [`${USER}%${PASSWORD}`] } };
const notify = { do: "notify", type: "asyncui", filter: "all", xml: balloon("Back", "again"), when: "after" };
/** The first registration is cut off once it stands. */
const cut = { on: "getNotification", nth: 1, delay: 0.05, do: "dropConnection", how: "fin" };

describePeer("refused logons on the independent print server", pythonWith(["impacket"]), (python) => {
  interface Run extends Watched {
    /** Logons that the server refused. */
    readonly refused: number;
  }

  async function run(
    steps: readonly object[],
    request: Partial<WatchRequest>,
    args: readonly string[] = [],
    onEvent?: (event: WatchEvent, close: (reason: string) => void) => void,
  ): Promise<Run> {
    await using server = await PanServer.start({ python, steps, args });
    const { address, port } = server;
    const retry = { minMs: 1, maxMs: 5, refusedPauseMs: 30, ...request.retry };
    const base = { server: address, types: [ASYNC_UI], style: "uni" as const, connection: { port } };
    const watched = await watchToEnd({ ...base, ...request, retry }, onEvent);
    const refused = (await server.log()).filter(({ ev, error }) => ev === "authLeg" && typeof error === "string");
    return { ...watched, refused: refused.length };
  }

  it.each(FACES)("%s at the first logon is final, also where the server is waited for", async (face) => {
    const { events, outcome, refused } = await run([], { password: "wrong", retry: { waitForServer: true } }, [
      "--auth-failure",
      face,
    ]);
    expect(outcome.error).toMatchObject({ code: "authentication", meaning: "refused" });
    expect(outcome.error?.hint).toMatch(/password.*kerberos: 'required'/s);
    expect(of(events, "error")).toMatchObject([{ stage: "logon", fatal: true }]);
    expect(of(events, "reconnecting")).toEqual([]);
    expect(refused).toBe(1);
  });

  it.each(FACES.filter((face) => !SILENT.includes(face)))(
    "%s at a reconnect is told, tried once more after the pause, and then final",
    async (face) => {
      const steps = [{ on: "getNotification", nth: 1, ...changed(face) }, cut];
      const { events, outcome, refused } = await run(steps, {});
      expect(outcome).toMatchObject({ everRegistered: true, error: { code: "authentication", meaning: "refused" } });
      expect(of(events, "error")).toMatchObject([
        { stage: "logon", fatal: false, hint: expect.stringContaining("tried once more in 1 s") as string },
        { stage: "logon", fatal: true },
      ]);
      expect(of(events, "reconnecting").at(-1)).toMatchObject({ delayMs: 30 });
      expect(refused).toBe(2);
    },
  );

  it.each(FACES)("%s at a reconnect, and the watch goes on where the domain takes the password again", async (face) => {
    const steps = [
      { on: "getNotification", nth: 1, ...changed(face) },
      cut,
      { on: "authFailed", nth: 1, ...restored },
      { on: "register", nth: 2, ...notify },
    ];
    const { events, outcome, refused } = await run(steps, { limit: 1 });
    expect(outcome).toMatchObject({ reason: "count", error: null });
    expect(of(events, "registered").map(({ attempt }) => attempt)).toEqual([1, 2]);
    // A mere close may have another cause: it is a lost connection like any other.
    expect(of(events, "error")).toMatchObject(SILENT.includes(face) ? [] : [{ stage: "logon", fatal: false }]);
    expect(refused).toBe(1);
  });

  it("a bind_nak 0 before the proof is a server that is busy: no refused logon, and retriable", async () => {
    const busy = { on: "bind", nth: 1, do: "bindNak", reason: 0, count: 1 };
    const hasty = await run([busy], {});
    expect(hasty.outcome.error).toMatchObject({ code: "unreachable", meaning: "loss" });
    const patient = await run([busy, { on: "register", nth: 1, ...notify }], {
      limit: 1,
      retry: { waitForServer: true },
    });
    expect(patient.outcome).toMatchObject({ reason: "count", error: null });
    expect(hasty.refused + patient.refused).toBe(0);
  });

  it("the first refusal stops 200 targets of the same account, whatever their server", async () => {
    await using server = await PanServer.start({ python });
    const secret = () => Promise.resolve({ kind: "password", password: "wrong" } as const);
    const account = { user: USER, domain: null, secret, kerberos: "off", ccache: null, keytab: null } as const;
    const identity = { ...account, trial: new SecretTrial() };
    const watcher = new Watcher({
      targets: Array.from({ length: 200 }, (_, i) => ({ server: `print${i}`, printer: null, identity })),
      connection: { ...DEFAULT_CONNECTION, targetIp: server.address, port: server.port },
      retry: { ...DEFAULT_RETRY, waitForServer: true },
      types: [ASYNC_UI],
      style: "uni",
      userFilter: "per-user",
      kinds: null,
      accept: null,
      strings: defaultStringTables,
      maxSize: DEFAULT_MAX_SIZE,
      answer: null,
      dryRun: false,
      limit: null,
      heartbeatMs: null,
      queuesEveryMs: 1000,
      notice: () => undefined,
    });
    const errors: WatchEvent[] = [];
    for await (const event of watcher.events) errors.push(event);
    expect(errors).toHaveLength(200);
    expect(await watcher.outcome).toMatchObject({ error: { code: "authentication" } });
    const told = of(errors, "error").filter(({ message }) => !message.startsWith("not tried, as the same credentials"));
    expect(told).toHaveLength(1);
    const log = await server.log();
    expect(log.filter(({ ev }) => ev === "connect")).toHaveLength(1);
    expect(log.filter(({ ev, error }) => ev === "authLeg" && typeof error === "string")).toHaveLength(1);
  });
});
