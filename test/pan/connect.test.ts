import { afterEach, describe, expect, it, vi } from "vitest";
import { openConnection, printServerConnector, type ConnectProgress } from "../../src/pan/connect.js";
import { create, getNotification, IRPCAsyncNotify, IRPCRemoteObject } from "../../src/pan/idl.js";
import { invoke } from "../../src/pan/invoke.js";
import { UniRegistration } from "../../src/pan/registration.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import { mapperEndpoint } from "../../src/print-server/endpoints.js";
import { RpcPort } from "../../src/print-server/port.js";
import { PrintServer } from "../../src/print-server/print-server.js";
import { OneAtATimeError } from "../../src/rpc/association.js";
import type { PduTrace } from "../../src/rpc/tracer.js";
import type { AuthLevel } from "../../src/security/context.js";
import { listenTcp } from "../../src/transport/listen.js";
import { DEFAULT_CONNECTION } from "../../src/pan/defaults.js";
import { HostileServer } from "../watch/support/hostile-server.js";
import { SecretTrial } from "../../src/security/trial.js";

const PASSWORD = "x";
const resolved = vi.hoisted(() => ({ addresses: [] as string[] }));
vi.mock("../../src/transport/resolve.js", () => ({ resolveHost: () => Promise.resolve(resolved.addresses) }));

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

/** A new one each time: those who share an identity share what became of its logon. */
const newIdentity = () =>
  ({
    user: "alice",
    domain: null,
    secret: () => Promise.resolve({ kind: "password", password: PASSWORD } as const),
    kerberos: "off",
    ccache: null,
    keytab: null,
    trial: new SecretTrial(),
  }) as const;

function request(options: Partial<typeof DEFAULT_CONNECTION>) {
  const notices: string[] = [];
  const steps: ConnectProgress[] = [];
  return {
    target: { server: "print1", identity: newIdentity() },
    options: { ...DEFAULT_CONNECTION, ...options },
    notice: (text: string, level: string) => void (level === "warn" && notices.push(text)),
    signal: new AbortController().signal,
    onStep: (step: ConnectProgress) => void steps.push(step),
    notices,
    steps,
  };
}

async function printServer(listen: string): Promise<PrintServer> {
  const server = await PrintServer.start({ users: [{ name: "alice", password: PASSWORD }], listen });
  open.push(server);
  return server;
}

describe("a server with several addresses", () => {
  it("is reached where its interfaces answer, also when the endpoint mapper answers elsewhere", async () => {
    const server = await printServer("127.0.0.3");
    // Something else at the mapper's address has no such port: the connection is refused there.
    const mapper = await RpcPort.listen({
      host: "127.0.0.2",
      port: 0,
      maxConnections: 10,
      endpoint: mapperEndpoint(server, { users: [] }, (error) => {
        throw error as Error;
      }),
    });
    open.push({ [Symbol.asyncDispose]: () => mapper.close() });
    resolved.addresses = ["127.0.0.2", "127.0.0.3"];
    const asked = request({ epmPort: mapper.port });
    const connection = await openConnection(asked);
    expect(connection.association.info.user).toBe("alice");
    await connection.close();
    expect(asked.steps.filter(({ step }) => step === "port" || step === "logon")).toEqual([
      { step: "port", addresses: ["127.0.0.2", "127.0.0.3"], port: server.port },
      { step: "logon", peer: `127.0.0.3:${server.port}` },
    ]);
  });

  it("is asked at its other addresses for an endpoint mapper, and then first where that was", async () => {
    const server = await printServer("127.0.0.3");
    const endpoint = mapperEndpoint(server, { users: [] }, () => undefined);
    const mapper = await RpcPort.listen({ host: "127.0.0.3", port: 0, maxConnections: 10, endpoint });
    open.push({ [Symbol.asyncDispose]: () => mapper.close() });
    resolved.addresses = ["127.0.0.2", "127.0.0.3"];
    const asked = request({ epmPort: mapper.port });
    await (await openConnection(asked)).close();
    expect(asked.steps).toContainEqual({
      step: "port",
      addresses: ["127.0.0.3", "127.0.0.2"],
      port: server.port,
    });
  });

  it("has all connections of an association at one of them", async () => {
    const server = await printServer("127.0.0.3");
    resolved.addresses = ["127.0.0.2", "127.0.0.3"];
    const asked = request({ port: server.port, multiplex: false });
    const connection = await openConnection(asked);
    const { association } = connection;
    const registration = await UniRegistration.open(association, {
      name: null,
      type: ASYNC_UI,
      filter: "per-user",
      maxSize: 1000,
    });
    const waiting = server.next("client.waiting");
    const poll = registration.next().catch(() => null);
    await waiting;
    // The address that answered may answer no more: another one must not be tried in its place.
    const stranger = await listenTcp({ host: "127.0.0.2", port: server.port, onLink: (link) => link.destroy() });
    open.push({ [Symbol.asyncDispose]: () => stranger.close() });
    await invoke(association, IRPCRemoteObject, create, {});
    expect(server.load.connections).toBe(2);
    expect(asked.steps.at(-2)).toEqual({ step: "port", addresses: ["127.0.0.3"], port: server.port });
    await registration.end();
    await poll;
    await connection.close();
  });

  it("that answers at none of them is unreachable", async () => {
    const server = await printServer("127.0.0.3");
    resolved.addresses = ["127.0.0.4", "127.0.0.5"];
    await expect(openConnection(request({ port: server.port }))).rejects.toMatchObject({
      code: "unreachable",
      stage: "connect",
      message: `print1:${server.port} refused the connection`,
    });
  });
});

describe("an endpoint mapper that answers nobody who has not logged on ([MS-RPCE] 3.3.2.6.3)", () => {
  async function strictServer(epmMinLevel: AuthLevel = "integrity", password = PASSWORD) {
    const server = await PrintServer.start({ users: [{ name: "alice", password }], epmPort: 0, epmMinLevel });
    open.push(server);
    resolved.addresses = [server.address];
    const traces: PduTrace[] = [];
    const asked = {
      ...request({ epmPort: server.epmPort ?? 0 }),
      tracer: (trace: PduTrace) => void traces.push(trace),
    };
    const logons = (): string[] =>
      traces.flatMap(({ direction, connection, tokenKind }) =>
        direction === "sent" && tokenKind?.includes("AUTHENTICATE") === true ? [connection] : [],
      );
    return { asked, traces, logons };
  }

  it("is asked again with the same logon at the level integrity, which -v tells", async () => {
    const { asked, traces, logons } = await strictServer();
    const told: string[] = [];
    const connection = await openConnection({
      ...asked,
      notice: (text, level) => void (level !== "debug" && told.push(`${level}: ${text}`)),
    });
    await connection.close();
    expect(logons()).toEqual(["epm", "1"]);
    const binds = traces.filter(({ connection, pdu }) => connection === "epm" && pdu?.type === "bind");
    expect(binds.map(({ pdu }) => pdu?.auth?.level ?? null)).toEqual([null, 5]);
    expect(told).toEqual([
      expect.stringMatching(
        /^verbose: the endpoint mapper at .* answers nobody who has not logged on: asked again with/,
      ),
    ]);
    expect(asked.steps.map(({ step }) => step)).toEqual([
      ...["resolve", "endpoint-mapper", "endpoint-map", "credentials", "port", "logon"],
    ]);
  });

  it("that refuses the logon is final, and nothing else is logged on to", async () => {
    const { asked, logons } = await strictServer("integrity", "another");
    await expect(openConnection(asked)).rejects.toMatchObject({ code: "authentication", meaning: "refused" });
    expect(logons()).toEqual(["epm"]);
  });

  it("that refuses to answer after the logon too names the policy and the option of the port", async () => {
    const { asked, logons } = await strictServer("privacy");
    await expect(openConnection(asked)).rejects.toMatchObject({
      code: "unreachable",
      stage: "endpoint-map",
      message: expect.stringMatching(/refuses to answer, after the logon too$/) as string,
      hint: expect.stringMatching(/RestrictRemoteClients.*connection\.port/) as string,
    });
    expect(logons()).toEqual(["epm"]);
  });

  it("is never logged on to by NTLM where Kerberos is required", async () => {
    const { asked, logons } = await strictServer();
    const ccache = "/nonexistent/ccache";
    const target = {
      ...asked.target,
      identity: { ...newIdentity(), secret: () => Promise.resolve(null), kerberos: "required", ccache } as const,
    };
    await expect(openConnection({ ...asked, target })).rejects.toMatchObject({ code: "authentication" });
    expect(logons()).toEqual([]);
  });
});

describe("a server that multiplexes, but serves the calls of a connection one after the other", () => {
  it("is given a connection for each call in flight from then on, which is told once", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      await using server = await HostileServer.start({ Create: () => undefined });
      resolved.addresses = ["127.0.0.1"];
      const asked = request({ port: server.port, level: "packet" });
      const connector = printServerConnector({ ...asked, refusedPauseMs: 60_000 });
      const connection = await connector.connect(asked.signal);
      const { association } = connection;
      expect(association.info.multiplexed).toBe(true);
      const handle = { attributes: 0, uuid: "13121110-1514-1716-1819-1a1b1c1d1e1f" };
      const parked = invoke(association, IRPCAsyncNotify, getNotification, { pRemoteObj: handle }).catch(
        (error: unknown) => error,
      );
      while (server.count("GetNotification") === 0) await new Promise(setImmediate);
      const unanswered = invoke(association, IRPCRemoteObject, create, {}).catch((error: unknown) => error);
      while (server.count("Create") === 0) await new Promise(setImmediate);
      vi.advanceTimersByTime(10_000);
      expect(await association.closed).toBeInstanceOf(OneAtATimeError);
      expect(await Promise.all([parked, unanswered])).toMatchObject([
        { code: "disconnected" },
        { code: "disconnected" },
      ]);
      await connection.close();
      for (let times = 0; times < 2; times++) {
        const again = await connector.connect(asked.signal);
        expect(again.association.info.multiplexed).toBe(false);
        await again.close();
      }
      expect(asked.notices).toEqual([
        "the server did not answer IRPCRemoteObject_Create while another call waits on the same connection: " +
          "from now on each call in flight has a connection of its own",
      ]);
    } finally {
      vi.useRealTimers();
    }
  });
});
