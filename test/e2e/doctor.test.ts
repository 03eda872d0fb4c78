import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endOf } from "../support/eventually.js";
import { Panwatch, PANWATCH } from "./support/panwatch.js";
import { LoopbackServer, NOTHING_LEFT } from "./support/print-server.js";
import { cleanEnvironment, run } from "./support/run.js";

let print: LoopbackServer;
beforeEach(async () => {
  print = await LoopbackServer.start({ printers: ["HP4"] });
});
afterEach(async () => {
  await print[Symbol.asyncDispose]();
});

/** Runs a diagnosis of the server to its end. */
function diagnose(target: string, ...args: string[]): ReturnType<typeof run> {
  return run(["doctor", target, ...print.access, "--kerberos", "off", ...args]);
}

describe("a diagnosis", () => {
  it("goes the whole way, prints a line for each step and the table, and leaves nothing", async () => {
    const { code, stdout, stderr } = await diagnose("127.0.0.1/HP4");
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines.slice(0, 10).map((line) => line.slice(0, 26).trim())).toEqual([
      "✓ ok       name",
      "✓ ok       endpoint mapper",
      "✓ ok       endpoint map",
      "✓ ok       credentials",
      "✓ ok       port",
      "✓ ok       bind and logon",
      "✓ ok       create",
      "✓ ok       register",
      "✓ ok       unregister",
      "✓ ok       delete",
    ]);
    expect(stdout).toContain("  printer HP4   all-users  ✗ denied (E_ACCESSDENIED)  ✗ denied (E_ACCESSDENIED)\n");
    expect(stdout).toMatch(/\n✓ everything works\n$/);
    expect(stdout).not.toContain("\x1b");
    expect(await print.left()).toEqual(NOTHING_LEFT);
  });

  it("prints JSON lines, which end with the exit code", async () => {
    await using panwatch = new Panwatch(["doctor", "127.0.0.1", "-o", "json", "--kerberos", "off", ...print.access]);
    expect(await panwatch.exit()).toBe(0);
    expect(panwatch.stderr).toBe("");
    expect(panwatch.lines.map(({ seq }) => seq)).toEqual(panwatch.lines.map((_line, i) => i + 1));
    const steps = panwatch.ofType("doctor.step");
    expect(steps.map(({ ok }) => ok)).toEqual(Array(11).fill(true));
    expect(steps[5]).toMatchObject({
      v: 1,
      server: "127.0.0.1",
      printer: null,
      step: "logon",
      details: { mechanism: "NTLM", user: "alice", level: "privacy", transferSyntax: "ndr64" },
    });
    expect(panwatch.ofType("doctor.access").map(({ access }) => access)).toEqual([
      ...["ok", "ok", "denied", "denied"],
      ...["ok", "ok", "denied", "denied"],
    ]);
    expect(panwatch.lines.at(-1)).toMatchObject({
      type: "doctor.result",
      ok: true,
      exitCode: 0,
      failedStep: null,
      registrations: "both",
    });
  });

  it("says that --port leaves the endpoint mapper out", async () => {
    const port = String(print.server.port);
    const args = ["doctor", "127.0.0.1", "--kerberos", "off", "--port", port, ...print.access.slice(0, 4)];
    const { code, stdout } = await run(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^– skipped {2}endpoint mapper .*--port/m);
    expect(stdout).toMatch(/^– skipped {2}endpoint map .*--port/m);
  });

  it("is coloured on demand", async () => {
    const { stdout } = await diagnose("127.0.0.1", "--color", "always");
    expect(stdout).toContain("\x1b[32m✓ ok");
  });
});

describe("a diagnosis ends with", () => {
  it("4 for a wrong password, once, and says where the reason stands", async () => {
    const wrong = print.file("wrong", "not the password\n");
    const { code, stdout } = await diagnose("127.0.0.1", "--password-file", wrong);
    expect(code).toBe(4);
    expect(stdout).toContain("✗ failed   bind and logon");
    expect(stdout).toContain("event 4625");
    expect(stdout).toMatch(/\n✗ failed at: bind and logon \(exit code 4\)\n$/);
    expect(print.events.filter(({ type }) => type === "client.logonFailed")).toHaveLength(1);
  });

  it("5 for an account that is denied", async () => {
    print.server.failNext("RegisterClient", 0x80070005);
    expect((await diagnose("127.0.0.1")).code).toBe(5);
    expect(await print.left()).toEqual(NOTHING_LEFT);
  });

  it("6 for a port at which nothing listens, and one sentence on stderr beside JSON lines", async () => {
    const { epmPort } = print.server;
    await print.server.close();
    await using panwatch = new Panwatch(["doctor", "127.0.0.1", "-o", "json", "--kerberos", "off", ...print.access]);
    expect(await panwatch.exit()).toBe(6);
    expect(panwatch.stderr).toMatch(
      new RegExp(`^panwatch: 127\\.0\\.0\\.1:${epmPort} refused the connection\\. [^\\n]+\\n$`),
    );
    expect(panwatch.ofType("doctor.step").at(-1)).toMatchObject({
      step: "endpoint-mapper",
      ok: false,
      code: "unreachable",
      causes: expect.arrayContaining([expect.any(String)]) as unknown,
      look: expect.arrayContaining([expect.any(String)]) as unknown,
    });
    expect(panwatch.lines.at(-1)).toMatchObject({ ok: false, exitCode: 6, failedStep: "endpoint-mapper" });
  });

  it("7 for a printer that there is not, and for one that there cannot be", async () => {
    const unknown = await diagnose("127.0.0.1/HP5");
    expect(unknown.code).toBe(7);
    expect(unknown.stdout).toContain("Get-Printer");
    expect(await print.left()).toEqual(NOTHING_LEFT);
    const impossible = await diagnose("127.0.0.1/a,b");
    expect([impossible.code, impossible.stdout]).toEqual([7, ""]);
  });

  it("8 for a limit of the server", async () => {
    print.server.failNext("RegisterClient", 0x80070015);
    expect((await diagnose("127.0.0.1")).code).toBe(8);
  });

  it.each([
    [["doctor"]],
    [["doctor", "a", "b"]],
    [["doctor", "server", "--type", "asyncui"]],
    [["doctor", "server", "--spn", "nonsense", "--port", "1"]],
    [["doctor", "server", "--trace", "/nowhere/trace"]],
  ])("2 for wrong usage: %j", async (args) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^panwatch: [^\n]+\n$/);
  });
});

describe("a diagnosis that nobody waits for", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("ends on %s with %d", async (signal, code) => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const port = String((silent.address() as AddressInfo).port);
    const args = ["--kerberos", "off", "--port", port, ...print.access.slice(0, 4)];
    await using panwatch = new Panwatch(["doctor", "127.0.0.1", "-o", "json", ...args]);
    await panwatch.line({ type: "doctor.step", step: "port", ok: true });
    panwatch.kill(signal);
    expect(await panwatch.exit()).toBe(code);
    expect(panwatch.lines.at(-1)).toMatchObject({ type: "doctor.result", interrupted: signal, exitCode: code });
    expect(panwatch.stderr).toBe("");
    silent.close();
  });

  it("ends with 0 when its reader goes, and leaves nothing", async () => {
    const args = [PANWATCH, "doctor", "127.0.0.1", ...print.access, "--kerberos", "off"];
    const child = spawn(process.execPath, args, { env: cleanEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    await once(createInterface(child.stdout), "line");
    child.stdout.destroy();
    await endOf(child, "close");
    expect(child.exitCode).toBe(0);
    if (print.events.length > 0) expect(await print.left()).toEqual(NOTHING_LEFT);
  });

  it("ends with 1 and a sentence when stdout is full", async () => {
    const shell = `exec ${[process.execPath, PANWATCH, "doctor", "127.0.0.1", ...print.access].join(" ")} --kerberos off >/dev/full`;
    const child = spawn("/bin/sh", ["-c", shell], { env: cleanEnvironment(), stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    await endOf(child, "close");
    expect(child.exitCode).toBe(1);
    expect(stderr).toMatch(/^panwatch: stdout cannot be written: [^\n]+\n$/);
  });
});

it("'server/*' examines the server itself and a queue of it", async () => {
  const { code, stdout } = await diagnose("127.0.0.1/*", "-o", "json");
  expect(code).toBe(0);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; queue?: string | null });
  const access = lines.filter(({ type }) => type === "doctor.access");
  expect(new Set(access.map(({ queue }) => queue))).toEqual(new Set([null, "HP4"]));
});
