import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PrintServer } from "../../../src/print-server/print-server.js";
import { PanwatchError, UsageError } from "../../../src/errors.js";
import { course, examine, PASSWORD, SERVER_COURSE, SOUND_COURSE, table, USER } from "./examining.js";

let server: PrintServer;
beforeEach(async () => {
  server = await PrintServer.start({ users: [{ name: USER, password: PASSWORD }], printers: ["HP4"], epmPort: 0 });
});
afterEach(async () => {
  await server.close();
});

function epm(): { epmPort: number } {
  return { epmPort: server.epmPort ?? 0 };
}

/** A server that treats every connection in this way. */
async function listener(onConnection: (socket: Socket) => void): Promise<{ port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const listening: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return {
    port: (listening.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listening.close(resolve));
    },
  };
}

describe("an examination in which everything works", () => {
  it("tells each step with its time and what it found", async () => {
    const examined = await examine({ connection: epm(), printer: "HP4" });
    expect(course(examined)).toEqual(SOUND_COURSE);
    const { address, port, epmPort } = server;
    expect(examined.steps.map(({ finding, details }) => [finding, details])).toEqual([
      ["127.0.0.1", { addresses: [address] }],
      [`${address}:${epmPort} accepts connections`, { peer: `${address}:${epmPort}` }],
      [`IRPCAsyncNotify is at TCP port ${port}`, { interface: "IRPCAsyncNotify", port }],
      ["alice; NTLM", { user: "alice", domain: null, kerberos: "off" }],
      [`${address}:${port} accepts connections`, { peer: `${address}:${port}` }],
      [
        "NTLM as alice, privacy, ndr64, header signing, calls share a connection, fragments of 5840 bytes",
        {
          mechanism: "NTLM",
          user: "alice",
          level: "privacy",
          transferSyntax: "ndr64",
          multiplexed: true,
          headerSigning: true,
          maxFragment: 5840,
        },
      ],
      ["a remote object of our own", null],
      [
        "for AsyncUI, uni, per-user, on \\\\127.0.0.1\\HP4",
        {
          name: "\\\\127.0.0.1\\HP4",
          notificationType: "f6853f92-eb31-4e23-b6e7-fd69056153f0",
          style: "uni",
          userFilter: "per-user",
        },
      ],
      ["done", null],
      ["nothing is left behind", null],
    ]);
    for (const { ms, error, advice } of examined.steps) {
      expect(Number.isSafeInteger(ms)).toBe(true);
      expect([error, advice]).toEqual([null, null]);
    }
  });

  it("leaves nothing on the server", async () => {
    const gone = server.next("client.disconnected", ({ user }) => user === USER);
    await examine({ connection: epm() });
    expect((await gone).left).toEqual({ registrations: 0, objects: 0, channels: 0 });
  });

  it("leaves the endpoint mapper out where the port is known, and says so", async () => {
    const examined = await examine({ connection: { port: server.port } });
    const skipped = examined.steps.filter(({ ok }) => ok === null);
    expect(skipped.map(({ step, ms }) => [step, ms])).toEqual([
      ["endpoint-mapper", null],
      ["endpoint-map", null],
    ]);
    expect(skipped[0]?.finding).toContain("--port");
    expect(examined.outcome.error).toBeNull();
  });

  it("tries a queue that the server shares too where no printer is named", async () => {
    server.setPrinters(["a,b", "HP4", "Kyo", "1", "2", "3"]);
    const examined = await examine({ connection: epm() });
    expect(course(examined)).toEqual(SERVER_COURSE);
    const found = examined.steps.find(({ step }) => step === "queues");
    expect(found?.finding).toBe("6 shared: a,b, HP4, Kyo, 1, 2, …");
    expect(found?.details).toEqual({ names: ["a,b", "HP4", "Kyo", "1", "2", "3"] });
    expect(table(examined)).toEqual([
      "server per-user uni ok",
      "server per-user bidi ok",
      "server all-users uni denied",
      "server all-users bidi denied",
      "printer per-user uni ok",
      "printer per-user bidi ok",
      "printer all-users uni denied",
      "printer all-users bidi denied",
    ]);
    expect(examined.access.map(({ queue }) => queue)).toEqual([
      ...Array<null>(4).fill(null),
      ...Array<string>(4).fill("HP4"),
    ]);
    expect(examined.outcome.registrations).toBe("both");
  });

  it("asks for the whole server only where no queue is shared", async () => {
    server.setPrinters([]);
    const examined = await examine({ connection: epm() });
    expect(examined.steps.find(({ step }) => step === "queues")?.finding).toBe("none is shared");
    expect(table(examined)).toHaveLength(4);
    expect(examined.outcome).toEqual({ failedStep: null, error: null, registrations: "server", queue: null });
  });
});

describe("an examination fails at", () => {
  it("a name that is not known", async () => {
    const examined = await examine({ server: "no-such-server.invalid" });
    expect(course(examined)).toEqual([["resolve", false]]);
    expect(examined.steps[0]?.advice?.look.join()).toContain("getent hosts no-such-server.invalid");
  });

  it("an endpoint mapper's port at which nothing listens", async () => {
    const { epmPort } = epm();
    await server.close();
    const examined = await examine({ connection: { epmPort } });
    expect(course(examined).at(-1)).toEqual(["endpoint-mapper", false]);
    expect(examined.steps.at(-1)?.advice?.meaning).toContain(`nothing takes connections at TCP port ${epmPort}`);
  });

  it("something at the endpoint mapper's port that does not speak RPC", async () => {
    await using web = await listener((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const examined = await examine({ connection: { epmPort: web.port } });
    expect(course(examined).at(-1)).toEqual(["endpoint-map", false]);
    expect(examined.outcome.error?.message).toContain("does not speak DCE/RPC");
    expect(examined.steps.at(-1)?.advice?.meaning).toContain("does not answer as an endpoint mapper does");
  });

  it("a port at which nothing listens", async () => {
    const { port } = server;
    await server.close();
    const examined = await examine({ connection: { port } });
    expect(course(examined).slice(-2)).toEqual([
      ["credentials", true],
      ["port", false],
    ]);
    expect(examined.steps.at(-1)?.advice?.causes.join()).toContain("Leave --port out");
  });

  it("credentials that there are not", async () => {
    const identity = { user: "alice", secret: () => Promise.resolve(null) };
    const examined = await examine({ connection: epm(), identity });
    expect(course(examined).at(-1)).toEqual(["credentials", false]);
    expect(examined.outcome.error?.code).toBe("authentication");
  });

  it("a port that takes connections and says nothing", async () => {
    await using silent = await listener(() => undefined);
    const examined = await examine({ connection: { port: silent.port, connectTimeoutMs: 1000 } });
    expect(course(examined).at(-1)).toEqual(["logon", false]);
    expect(examined.steps.at(-1)?.advice?.meaning).toContain("was not answered");
  });

  it("a bind that is cut off", async () => {
    await using cutting = await listener((socket) => socket.on("data", () => socket.destroy()));
    const examined = await examine({ connection: { port: cutting.port } });
    expect(course(examined).at(-1)).toEqual(["logon", false]);
    expect(examined.outcome.error?.code).toBe("unreachable");
  });

  it("a port of another service", async () => {
    const examined = await examine({ connection: { port: server.epmPort } });
    expect(course(examined).at(-1)).toEqual(["logon", false]);
    expect(examined.steps.at(-1)?.advice?.causes.join()).toContain("--port names belongs to another program");
  });

  it("a transfer syntax that the server does not speak", async () => {
    await using old = await PrintServer.start({
      users: [{ name: USER, password: PASSWORD }],
      transferSyntaxes: ["ndr"],
    });
    const examined = await examine({ connection: { port: old.port, transferSyntax: "ndr64" } });
    expect(course(examined).at(-1)).toEqual(["logon", false]);
    expect(examined.outcome.error?.code).toBe("no-interface");
    expect(examined.steps.at(-1)?.advice?.causes.join()).toContain("--transfer-syntax leaves out");
  });

  it("a level that the server does not take", async () => {
    await using hardened = await PrintServer.start({
      users: [{ name: USER, password: PASSWORD }],
      minLevel: "privacy",
    });
    const examined = await examine({ connection: { port: hardened.port, level: "integrity" } });
    const failed = examined.steps.find(({ ok }) => ok === false);
    expect(failed?.advice?.causes.join()).toContain("RpcAuthnLevelPrivacyEnabled");
    expect(examined.outcome.error).not.toBeNull();
  });

  it.each([
    ["0x80070015", 0x80070015, "limit of registrations"],
    ["0x8007000E", 0x8007000e, "failed the call"],
  ])("a registration that is answered with %s", async (_code, hresult, meaning) => {
    server.failNext("RegisterClient", hresult);
    const examined = await examine({ connection: epm() });
    expect(course(examined).slice(-2)).toEqual([
      ["register", false],
      ["delete", true],
    ]);
    expect(examined.outcome).toMatchObject({ failedStep: "register", error: { hresult } });
    expect(examined.steps.at(-2)?.advice?.meaning).toContain(meaning);
  });

  it("a way to register that watching the TARGET needs, although the steps went well", async () => {
    const registered = (): void => server.failNext("RegisterClient", 0x80070005);
    const examined = await examine({
      connection: epm(),
      onFinding: (finding) => {
        if (finding.type === "step" && finding.step === "register") registered();
      },
    });
    expect(table(examined).slice(0, 2)).toEqual(["server per-user uni ok", "server per-user bidi denied"]);
    expect(examined.outcome).toMatchObject({ failedStep: null, error: { hresult: 0x80070005 } });
  });

  it("an Unregister, and deletes the object all the same", async () => {
    server.setPrinters([]);
    const gone = server.next("client.disconnected", ({ user }) => user === USER);
    const examined = await examine({
      connection: epm(),
      onFinding: (finding) => {
        if (finding.type === "access" && finding.userFilter === "all-users" && finding.style === "bidi")
          server.failNext("UnregisterClient", 0x8007000e, 3);
      },
    });
    const failed = examined.steps.filter(({ ok }) => ok === false);
    expect(failed.map(({ step }) => step)).toEqual(["unregister", "unregister"]);
    expect((await gone).left).toEqual({ registrations: 0, objects: 0, channels: 0 });
    expect(examined.outcome).toMatchObject({ failedStep: "unregister", error: { hresult: 0x8007000e } });
  });
});

describe("an examination that is interrupted", () => {
  it.each(["resolve", "credentials", "port", "create", "register"])(
    "after %s leaves the server clean and tells no step as failed",
    async (step) => {
      const controller = new AbortController();
      const gone = server.next("client.disconnected", ({ user }) => user === USER);
      const examined = await examine({
        connection: epm(),
        signal: controller.signal,
        onFinding: (finding) => {
          if (finding.type === "step" && finding.step === step) controller.abort();
        },
      });
      expect(examined.steps.filter(({ ok }) => ok === false)).toEqual([]);
      expect(examined.outcome).toMatchObject({ failedStep: null, error: null });
      if (step === "create" || step === "register")
        expect((await gone).left).toEqual({ registrations: 0, objects: 0, channels: 0 });
    },
  );

  it("in the table leaves everything that was registered", async () => {
    const controller = new AbortController();
    const gone = server.next("client.disconnected", ({ user }) => user === USER);
    const examined = await examine({
      connection: epm(),
      signal: controller.signal,
      onFinding: (finding) => {
        if (finding.type === "access") controller.abort();
      },
    });
    expect(examined.access).toHaveLength(1);
    expect(course(examined).slice(-2)).toEqual([
      ["unregister", true],
      ["delete", true],
    ]);
    expect((await gone).left).toEqual({ registrations: 0, objects: 0, channels: 0 });
  });

  it("by a password prompt that was given up waits for the signal that comes with it", async () => {
    const controller = new AbortController();
    const secret = (): Promise<never> => {
      setImmediate(() => controller.abort());
      return Promise.reject(new PanwatchError("aborted", "The password prompt was interrupted."));
    };
    const examined = await examine({ connection: epm(), identity: { secret }, signal: controller.signal });
    expect(course(examined).at(-1)).toEqual(["endpoint-map", true]);
    expect(controller.signal.aborted).toBe(true);
  });
});

it("wrong options are wrong usage, not a failed step", async () => {
  await expect(examine({ connection: { ...epm(), spn: "no spn at all" } })).rejects.toThrow(UsageError);
});
