import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuthenticationError, UsageError } from "../../src/errors.js";
import { connectPrintServer, type PrintServerRequest } from "../../src/pan/connect-print-server.js";
import { PrintServer } from "../../src/print-server/print-server.js";
import { watch, type WatchRequest } from "../../src/watch/watch.js";
import { eventsOf, of, watchLocal } from "./support/watching.js";

let server: PrintServer;
beforeAll(async () => {
  server = await PrintServer.start({
    users: ["alice", "bob"].map((name) => ({ name, password: "x" })),
    printers: ["HP4"],
  });
});
afterAll(() => server[Symbol.asyncDispose]());

describe("the loop over a watch", () => {
  it("ends with the typed error when the watch failed, after the event that tells it", async () => {
    const watcher = watchLocal(server.port, { password: "wrong" });
    const seen: string[] = [];
    const loop = async (): Promise<void> => {
      for await (const event of watcher) seen.push(event.type);
    };
    await expect(loop()).rejects.toBeInstanceOf(AuthenticationError);
    expect(seen).toEqual(["error"]);
    expect(await watcher.outcome).toMatchObject({ reason: "error", error: { code: "authentication" } });
  });

  it("ends without one when the watch was closed", async () => {
    const watcher = watchLocal(server.port);
    const types: string[] = [];
    for await (const event of watcher) {
      types.push(event.type);
      if (event.type === "registered") void watcher.close("closed");
    }
    expect(types).toContain("unregistered");
  });
});

describe("several targets", () => {
  const account = { user: "alice", password: "x", kerberos: "off" } as const;
  const connection = () => ({ port: server.port });

  it("share the credentials beside them, unless they have their own", async () => {
    const bob = { user: "bob", password: "x", kerberos: "off" } as const;
    const targets = [{ server: "127.0.0.1" }, { server: "127.0.0.1", printer: "HP4", ...bob }];
    const watcher = watch({ ...account, targets, types: ["asyncui"], style: "uni", connection: connection() });
    const events = await eventsOf(watcher, (_event, all) => of(all, "registered").length === 2);
    const who = of(events, "registered").map(({ printer, auth }) => `${printer} ${auth.user}`);
    expect(who.sort()).toEqual(["HP4 bob", "null alice"]);
  });

  it("use one secret together: the first refusal keeps the others from trying it", async () => {
    const targets = ["127.0.0.1", "127.0.0.2", "127.0.0.3"].map((one) => ({ server: one }));
    const own = targets.map((target) => ({ ...target, ...account, password: "wrong" }));
    for (const request of [{ ...account, password: "wrong", targets }, { targets: own }]) {
      const asked = { ...request, connection: { ...connection(), targetIp: "127.0.0.1" } };
      const errors = of(await eventsOf(watch(asked)), "error");
      expect(errors.filter(({ message }) => !message.startsWith("not tried, as the same"))).toHaveLength(1);
      expect(errors).toHaveLength(3);
    }
  });
});

/** Options as a program without types may give them. */
const WRONG: readonly (readonly [name: string, options: object])[] = [
  ["limt", { server: "s", limt: 1 }],
  ["toString", { server: "s", toString: 1 }],
  ["server", {}],
  ["server", { server: "" }],
  ["server and targets|targets and server", { server: "s", targets: [{ server: "t" }] }],
  ["printer", { printer: "HP4", targets: [{ server: "t" }] }],
  ["targets", { targets: [] }],
  ["targets", { targets: "s" }],
  [String.raw`targets\[1\]\.server`, { targets: [{ server: "s" }, {}] }],
  [String.raw`targets\[0\]\.printr`, { targets: [{ server: "s", printr: "HP4" }] }],
  ["ntHash", { server: "s", user: "u", ntHash: new Uint8Array(15) }],
  ["kerberos", { server: "s", kerberos: "on" }],
  ["connection", { server: "s", connection: 49213 }],
  [String.raw`connection\.port`, { server: "s", connection: { port: 65_536 } }],
  [String.raw`connection\.prot`, { server: "s", connection: { prot: 1 } }],
  [String.raw`connection\.level`, { server: "s", connection: { level: "none" } }],
  [String.raw`connection\.connectTimeoutMs`, { server: "s", connection: { connectTimeoutMs: 2 ** 31 } }],
  ["types", { server: "s", types: ["asyncUI!"] }],
  ["types and style", { server: "s", types: ["printer-config"], style: "bidi" }],
  ["style", { server: "s", style: "duplex" }],
  ["userFilter", { server: "s", userFilter: 1 }],
  ["kinds", { server: "s", kinds: ["box"] }],
  ["limit", { server: "s", limit: 0 }],
  ["maxSize", { server: "s", maxSize: 1.5 }],
  ["heartbeatMs", { server: "s", heartbeatMs: 0 }],
  ["answer", { server: "s", answer: "IDOK" }],
  ["signal", { server: "s", signal: {} }],
  [String.raw`retry\.limit`, { server: "s", retry: { limit: -1 } }],
  [String.raw`retry\.minMs`, { server: "s", retry: { minMs: 2, maxMs: 1 } }],
];

describe("a wrong option", () => {
  it.each(WRONG)("of a watch is a UsageError that names it: %s %j", (name, options) => {
    expect(() => watch(options as WatchRequest)).toThrow(UsageError);
    expect(() => watch(options as WatchRequest)).toThrow(new RegExp(`\\b${name}\\b`));
  });

  it.each([
    ["server", {}],
    ["printer", { server: "s", printer: "HP4" }],
    [String.raw`connection\.epmPort`, { server: "s", connection: { epmPort: 0 } }],
  ])("of a connection is one that names it: %s", async (name, options) => {
    const connecting = connectPrintServer(options as PrintServerRequest);
    await expect(connecting).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(name) as string });
  });

  it("is none where it is undefined: the default holds", async () => {
    const options = { style: undefined, limit: undefined, heartbeatMs: undefined };
    const watcher = watchLocal(server.port, options);
    const events = await eventsOf(watcher, (_event, all) => of(all, "registered").length === 3);
    expect(of(events, "registered")).toHaveLength(3);
  });
});
