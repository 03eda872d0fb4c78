import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endOf } from "../support/eventually.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../src/pan/types.js";
import { type Line, PANWATCH, Panwatch } from "./support/panwatch.js";

let folder: string;
const running: AsyncDisposable[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "panwatch-serve-"));
});
afterEach(async () => {
  for (const each of running.splice(0)) await each[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function run(...args: readonly string[]): Panwatch {
  const panwatch = new Panwatch(args);
  running.push(panwatch);
  return panwatch;
}

async function passwordFile(name: string, password: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  return file;
}

/** A server with alice and bob, and how alice watches it. */
async function serve(
  ...args: readonly string[]
): Promise<{ server: Panwatch; watch: (...more: string[]) => Panwatch }> {
  const [alice, bob] = [await passwordFile("alice", "a secret"), await passwordFile("bob", "another")];
  const users = ["--user", "CORP\\alice", "--password-file", alice, "--user", "bob", "--password-file", bob];
  const server = run("serve", ...users, ...args);
  const port = String((await server.line({ type: "ready" }))["port"]);
  const access = ["-U", "alice", "--password-file", alice, "--port", port, "--kerberos", "off", "-o", "json"];
  return { server, watch: (...more) => run("watch", ...more, ...access) };
}

/** The next answer to an instruction. */
async function tell(server: Panwatch, instruction: object): Promise<Line> {
  const answers = (): Line[] => server.lines.filter(({ type }) => type === "done" || type === "error");
  const before = answers().length;
  server.send(instruction);
  await server.line(() => answers().length > before);
  return answers()[before] ?? {};
}

describe("panwatch serve", () => {
  it("says first where it is, in one line, and on stderr who can reach it", async () => {
    const { server } = await serve("--epm-port", "0");
    expect(server.lines[0]).toEqual({
      type: "ready",
      address: "127.0.0.1",
      port: expect.any(Number) as number,
      epmPort: expect.any(Number) as number,
      users: ["CORP\\alice", "bob"],
    });
    await server.says("panwatch: serving on 127.0.0.1, port ");
    await server.says("only this machine can connect");
    expect(server.stderr).not.toContain("secret");
  });

  it("makes a user when none is named, and says the password on stderr", async () => {
    const server = run("serve");
    expect(await server.line({ type: "ready" })).toMatchObject({ epmPort: null, users: ["panwatch"] });
    await server.says("with the password ");
    const [, password = ""] = /the user panwatch was made .* with the password (\S+)\n/.exec(server.stderr) ?? [];
    const file = await passwordFile("made", password);
    const port = String(server.lines[0]?.["port"]);
    const options = ["--password-file", file, "--port", port, "--kerberos", "off", "-o", "json", "-n", "1"];
    const watcher = run("watch", "panwatch@127.0.0.1", ...options);
    await server.count("client.registered", 3);
    expect(await tell(server, { notify: "balloon", title: "T", body: "B" })).toMatchObject({ delivered: 1 });
    expect(await watcher.exit()).toBe(0);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends on %s with exit code 0", async (signal) => {
    const { server, watch } = await serve();
    const watcher = watch("127.0.0.1");
    await server.count("client.registered", 3);
    server.kill(signal);
    expect(await server.exit()).toBe(0);
    watcher.kill("SIGKILL");
  });

  it("raises what the lines on stdin say, and tells what clients do", async () => {
    const { server, watch } = await serve();
    const watcher = watch("127.0.0.1", "--reply", "button=3", "-n", "4");
    await server.count("client.registered", 3);
    expect(server.ofType("client.registered")[0]).toMatchObject({
      user: "alice",
      registration: "r1",
      channel: null,
      printer: null,
      userFilter: "per-user",
    });
    expect(await tell(server, { notify: "balloon", title: "T", body: "B", user: "alice" })).toEqual({
      type: "done",
      delivered: 1,
      lost: 0,
      channels: [],
    });
    const settings = [{ name: "\\Printer.X:Y", kind: "BIDI_INT", value: 1 }];
    const configured = { notify: "printerConfiguration", printerName: "HP4", settings };
    expect(await tell(server, configured)).toMatchObject({ delivered: 1 });
    const custom = { notify: "customData", dll: "d.dll", entrypoint: "E", base64: "AAE=" };
    expect(await tell(server, custom)).toMatchObject({ delivered: 1 });
    const box = { open: "messageBox", title: "Q", body: "B", buttons: ["IDOK", { id: "3", label: "Retry" }] };
    expect(await tell(server, box)).toMatchObject({ delivered: 1, channels: ["c1"] });

    expect(await server.line({ type: "client.replied" })).toMatchObject({
      user: "alice",
      channel: "c1",
      style: "bidi",
      notificationType: { guid: ASYNC_UI, name: "asyncui" },
      via: "CloseChannel",
      buttonId: 3,
      text: null,
      problem: null,
    });
    expect(await watcher.exit()).toBe(0);
    const kinds = watcher.lines.map(({ type }) => String(type)).filter((type) => type.startsWith("notification."));
    expect(kinds.sort()).toEqual([
      "notification.balloon",
      "notification.customData",
      "notification.messageBox",
      "notification.printerConfiguration",
    ]);
    expect(await server.line({ type: "client.disconnected" })).toMatchObject({
      left: { registrations: 0, objects: 0, channels: 0 },
    });
    expect(server.ofType("client.unregistered")).toHaveLength(3);
  });

  it("repeats, reaches only whom it is for, and closes what nobody answers", async () => {
    const { server, watch } = await serve("--printer", "HP4");
    watch("127.0.0.1/HP4", "--type", "asyncui");
    await server.count("client.registered", 2);
    const balloon = { notify: "balloon", title: "T", body: "B" };
    expect(await tell(server, { ...balloon, repeat: 3, intervalMs: 1 })).toMatchObject({ delivered: 3 });
    expect(await tell(server, { ...balloon, user: "bob" })).toMatchObject({ delivered: 0 });
    expect(await tell(server, { ...balloon, printer: "hp4" })).toMatchObject({ delivered: 1 });
    expect(await tell(server, { ...balloon, printer: "HP5" })).toEqual({
      type: "error",
      message: 'This server has no printer "HP5".',
    });
    const raw = { notify: "raw", notificationType: PRINTER_CONFIGURATION, xml: "<a/>" };
    expect(await tell(server, raw)).toMatchObject({ delivered: 0 });
    const box = { open: "messageBox", title: "Q", buttons: ["IDOK"], repeat: 2 };
    expect(await tell(server, box)).toMatchObject({ delivered: 2, channels: ["c1", "c2"] });
    expect(await tell(server, { close: "c1" })).toMatchObject({ type: "done" });
    expect(await tell(server, { close: "c1" })).toMatchObject({ type: "error" });
  });

  it("refuses who may not: exit codes 4, 5 and 7 of the watcher", async () => {
    const { server, watch } = await serve("--printer", "HP4", "--admin", "bob");
    const wrong = await passwordFile("wrong", "wrong");
    const port = String(server.lines[0]?.["port"]);
    const options = ["--password-file", wrong, "--port", port, "--kerberos", "off", "-o", "json"];
    expect(await run("watch", "alice@127.0.0.1", ...options).exit()).toBe(4);
    expect(await watch("127.0.0.1", "--user-filter", "all-users").exit()).toBe(5);
    expect(await watch("127.0.0.1/HP5").exit()).toBe(7);
    await server.line({ type: "client.logonFailed" });
    await server.line({ type: "client.refused", hresult: "0x80070005" });
    await server.line({ type: "client.refused", hresult: "0x8007007B", printer: "\\\\127.0.0.1\\HP5" });
  });

  it("answers nonsense with an error and goes on, also when a line is longer than any should be", async () => {
    const child = spawn(process.execPath, [PANWATCH, "serve"], { stdio: ["pipe", "pipe", "ignore"] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const next = async (): Promise<unknown> => JSON.parse((await lines.next()).value as string) as unknown;
    expect(await next()).toMatchObject({ type: "ready" });
    child.stdin.write('nonsense\n\n{"notify":"balloon"}\n[]\n');
    for (const message of ["The line is no JSON.", "title is missing.", "The line is no JSON object."])
      expect(await next()).toEqual({ type: "error", message });
    const chunk = Buffer.alloc(2 ** 20, "x");
    for (let i = 0; i < 33; i++) if (!child.stdin.write(chunk)) await once(child.stdin, "drain");
    child.stdin.write('\n{"notify":"balloon","title":"T","body":"B"}\n');
    expect(await next()).toEqual({ type: "error", message: "A line is longer than 33554432 bytes." });
    expect(await next()).toMatchObject({ type: "done", delivered: 0 });
    child.kill("SIGTERM");
    expect(await endOf(child, "exit")).toEqual([0, null]);
  });

  it("goes on when stdin ends, and ends with 0 when nobody reads stdout any more", async () => {
    const child = spawn(process.execPath, [PANWATCH, "serve"], { stdio: ["pipe", "pipe", "ignore"] });
    const [first] = (await once(createInterface(child.stdout), "line")) as [string];
    const { port } = JSON.parse(first) as { port: number };
    const file = await passwordFile("nobody", "x");
    const options = ["--port", String(port), "--password-file", file, "--kerberos", "off", "-o", "json"];
    const refused = (): Panwatch => run("watch", "nobody@127.0.0.1", ...options);
    child.stdin.end();
    expect(await refused().exit()).toBe(4);
    expect(child.exitCode).toBeNull();
    child.stdout.destroy();
    refused();
    expect(await endOf(child, "exit")).toEqual([0, null]);
  });

  it("refuses ports and addresses that it cannot have, and users without passwords: exit code 2", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const busy = run("serve", "--port", String(port));
    expect(await busy.exit()).toBe(2);
    expect(busy.stderr).toContain(`port ${port} of address 127.0.0.1 is in use.`);
    taken.close();
    const foreign = run("serve", "--listen", "192.0.2.1");
    expect(await foreign.exit()).toBe(2);
    expect(foreign.stderr).toContain("192.0.2.1 is not on this machine");
    const lonely = run("serve", "--user", "alice");
    expect(await lonely.exit()).toBe(2);
    expect(lonely.stderr).toContain("Every --user needs a --password-file of its own.");
  });
});
