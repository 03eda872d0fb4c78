import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Panwatch, type Line } from "./support/panwatch.js";
import { LoopbackServer } from "./support/print-server.js";
import { run } from "./support/run.js";

const QUICK = ["--backoff", "20ms..40ms"];

let print: LoopbackServer;
beforeAll(async () => {
  print = await LoopbackServer.start();
});
afterAll(() => print[Symbol.asyncDispose]());

/** The lines that tell how a watch is getting on. */
function course({ lines }: Panwatch): unknown[] {
  const told = ["reconnecting", "gap", "error"];
  return lines.filter(({ type }) => told.includes(String(type))).map(({ type, registration }) => [type, registration]);
}

describe("a connection that is lost", () => {
  it.each([[[]], [["-q"]]])("and its server gone for a while, is told once, and its return once (%s)", async (more) => {
    const first = await LoopbackServer.start();
    await using panwatch = new Panwatch(["watch", "127.0.0.1", "-o", "json", ...QUICK, ...more, ...first.access]);
    await panwatch.count("registered", 3);
    const { port, epmPort } = first.server;
    await first.server.close();
    await panwatch.count("reconnecting", 1);
    await using again = await LoopbackServer.start({ port, epmPort });
    await panwatch.count("gap", 1);
    again.balloon("back");
    await panwatch.line({ type: "notification.balloon", title: "back" });
    expect(course(panwatch)).toEqual([
      ["reconnecting", null],
      ["gap", null],
    ]);
    expect(panwatch.ofType("registered").map(({ attempt }) => attempt)).toEqual([1, 1, 1, 2, 2, 2]);
    expect(panwatch.ofType("gap")).toMatchObject([{ mayHaveLost: true, cause: "connection" }]);
    expect(panwatch.ofType("reconnecting")).toMatchObject([{ attempt: 1 }]);
    if (more.length > 0) expect(panwatch.stderr).toBe("");
    panwatch.kill("SIGTERM");
    expect(await panwatch.exit()).toBe(143);
    await first[Symbol.asyncDispose]();
  });

  it("is one line for people when it is lost, and one when it is back", async () => {
    await using server = await LoopbackServer.start();
    const pretty = run(["watch", "127.0.0.1", "-n", "1", ...QUICK, ...server.access]);
    await server.happened("client.registered", 3);
    server.server.dropConnections();
    await server.happened("client.registered", 6);
    server.balloon("x");
    const { code, stdout, stderr } = await pretty;
    expect(code).toBe(0);
    expect(stderr.match(/No connection; trying again in/g)).toHaveLength(1);
    expect(stdout.match(/Back after .*, gap from .*: notifications may have been missed/g)).toHaveLength(1);
    expect(stderr).not.toContain("Error");
    expect(stderr).not.toContain("Registered again");
  });

  it("tells each attempt with -v", async () => {
    const server = await LoopbackServer.start();
    await using panwatch = new Panwatch(["watch", "127.0.0.1", "-o", "json", "-v", ...QUICK, ...server.access]);
    await panwatch.count("registered", 3);
    await server.server.close();
    const attempts = (await panwatch.count("reconnecting", 3)).map(({ attempt }) => attempt);
    expect(attempts.slice(0, 3)).toEqual([1, 2, 3]);
    await server[Symbol.asyncDispose]();
  });

  it("is told once too while the first one is waited for, and no gap follows", async () => {
    const probe = await LoopbackServer.start();
    const { port, epmPort } = probe.server;
    await probe.server.close();
    const args = ["watch", "127.0.0.1", "-o", "json", "--wait-for-server", ...QUICK, ...probe.access];
    await using panwatch = new Panwatch(args);
    await panwatch.count("reconnecting", 1);
    await using again = await LoopbackServer.start({ port, epmPort });
    await again.happened("client.registered");
    await panwatch.count("registered", 3);
    expect(course(panwatch)).toEqual([["reconnecting", null]]);
    await probe[Symbol.asyncDispose]();
  });
});

it("lines are numbered as they are printed, whatever is left out between them", async () => {
  const way = ["--port", "1", "--kerberos", "off", ...print.access.slice(0, 4)];
  const args = ["watch", "127.0.0.1", "-o", "json", "--wait-for-server", "--retry", "3", "--backoff", "1ms..1ms"];
  const { code, stdout } = await run([...args, ...way]);
  expect(code).toBe(8);
  const lines = stdout.split("\n").slice(0, -1);
  expect(lines.map((line) => JSON.parse(line) as Line)).toMatchObject([
    { type: "reconnecting", seq: 1 },
    { type: "error", seq: 2 },
  ]);
});

describe("a TARGET that is down at the start", () => {
  it("is tried again because another one works, and the line says so", async () => {
    const { port, epmPort } = print.server;
    await using panwatch = new Panwatch(["watch", "127.0.0.2", "127.0.0.1", "-o", "json", ...QUICK, ...print.access]);
    const error = await panwatch.line({ type: "error", server: "127.0.0.2" });
    expect(error).toMatchObject({ fatal: false, code: "unreachable" });
    expect(error["hint"]).toContain("tried again as soon as another target works");
    await panwatch.line({ type: "registered", server: "127.0.0.1" });
    await using late = await LoopbackServer.start({ listen: "127.0.0.2", port, epmPort });
    await late.happened("client.registered");
    await panwatch.count("registered", 6);
    expect(course(panwatch)).toEqual([["error", null]]);
  });

  it("ends the watch with the first one's exit code where none works", async () => {
    const targets = ["127.0.0.2", "127.0.0.3"];
    const { code, stdout } = await run(["watch", ...targets, "-o", "json", ...print.access]);
    expect(code).toBe(6);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    expect(lines.map(({ type, fatal }) => [type, fatal]).sort()).toEqual([
      ["error", false],
      ["error", true],
    ]);
  });

  it("fails fast where it is alone, and the message names --wait-for-server", async () => {
    const { code, stderr } = await run(["watch", "127.0.0.2", ...print.access]);
    expect(code).toBe(6);
    expect(stderr).toContain("--wait-for-server");
  });

  it("does not name it where what answers breaks the protocol", async () => {
    // A bind_ack of nothing but a header.
    const broken = createServer((socket) => socket.end(Buffer.from("05000c03100000001000000001000000", "hex")));
    await once(broken.listen(0, "127.0.0.2"), "listening");
    const { port } = broken.address() as AddressInfo;
    const args = ["watch", "127.0.0.2", "-U", "alice", "--port", String(port)];
    const { code, stderr } = await run(args, { env: { PANWATCH_PASSWORD: "unused" } });
    broken.close();
    expect(code).toBe(1);
    expect(stderr).toContain("malformed PDU");
    expect(stderr).not.toContain("--wait-for-server");
  });
});

describe("nothing ends in silence", () => {
  it("--duration that is over before anything was registered", async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const port = String((silent.address() as AddressInfo).port);
    const args = ["watch", "127.0.0.1", "--duration", "300ms", "-q", ...print.access, "--port", port];
    const { code, stderr } = await run(
      args.filter((arg) => arg !== "--epm-port" && arg !== String(print.server.epmPort)),
    );
    silent.close();
    expect(code).toBe(6);
    expect(stderr).toMatch(
      /^panwatch: --duration 300 ms is over, and nothing was registered: no server has answered yet\.$/m,
    );
  });

  it("--heartbeat tells that a silent watch is alive", async () => {
    await using panwatch = new Panwatch(["watch", "127.0.0.1", "-o", "json", "--heartbeat", "50ms", ...print.access]);
    await panwatch.line({ type: "heartbeat", registered: 3 });
    const [beat] = panwatch.ofType("heartbeat").slice(-1);
    expect(beat).toMatchObject({ server: "127.0.0.1", registration: null, attempt: 0 });
    expect(beat?.["counts"]).toEqual({ notifications: 0, replies: 0, errors: 0, reconnects: 0 });
    expect(new Date(String(beat?.["since"])).getTime()).toBeLessThanOrEqual(Date.now());
  });

  it("--heartbeat is a line on stderr for people", async () => {
    await using panwatch = new Panwatch(["watch", "127.0.0.1", "--heartbeat", "50ms", ...print.access]);
    await panwatch.says("Still watching: alive, 3 registrations since");
  });
});
