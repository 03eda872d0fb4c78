import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Panwatch } from "../e2e/support/panwatch.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";

const CLIENT = fileURLToPath(new URL("peer/pan_client.py", import.meta.url));
const PASSWORD = "Passw0rd!";
const LEVELS = { packet: "4", integrity: "5", privacy: "6" } as const;
const SYNTAXES = ["ndr", "ndr64", "both"] as const;

type Entry = Readonly<Record<string, unknown>> & { readonly ev: string };

interface Run {
  readonly code: number;
  readonly entries: readonly Entry[];
}

let folder: string;
let server: Panwatch;
let ports: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "panwatch-interop-"));
  await writeFile(join(folder, "password"), `${PASSWORD}\n`, { mode: 0o600 });
  const user = ["--user", "alice", "--password-file", join(folder, "password"), "--admin", "alice"];
  server = new Panwatch(["serve", ...user, "--epm-port", "0", "--printer", "HP4"]);
  const { port, epmPort } = await server.line({ type: "ready" });
  ports = ["--port", String(port), "--epm-port", String(epmPort)];
});
afterAll(async () => {
  server.kill("SIGTERM");
  expect(await server.exit()).toBe(0);
  await rm(folder, { recursive: true });
});

/** Runs the independent client against `panwatch serve`. */
async function client(python: string, ...args: readonly string[]): Promise<Run> {
  const all = [CLIENT, "--server", "127.0.0.1", ...ports, "--password", PASSWORD, ...args];
  const { code, stdout } = await promisify(execFile)(python, ["-B", ...all], { maxBuffer: 2 ** 26 }).then(
    (done) => ({ code: 0, stdout: done.stdout }),
    (error: unknown) => error as { code: number; stdout: string },
  );
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return { code, entries: lines.map((line) => JSON.parse(line) as Entry) };
}

/** The next registration, told as soon as the server tells it; ask before the client is started. */
async function registration(): Promise<void> {
  const before = server.ofType("client.registered").length;
  await server.count("client.registered", before + 1);
}

/** Lets a client hold a conversation: whoever registers gets a balloon or a question. */
async function converse(python: string, ...args: readonly string[]): Promise<Run> {
  const registered = registration();
  const running = client(python, ...args);
  await Promise.race([registered, running]);
  server.send({ notify: "balloon", title: "Tïtle & <more>", body: "B".repeat(20_000) });
  server.send({ open: "messageBox", title: "Q", body: "B", buttons: ["IDOK", { id: "3", label: "Retry" }] });
  const run = await running;
  const channels = server.ofType("done").flatMap((line) => line["channels"] as string[]);
  for (const close of channels) server.send({ close });
  server.lines.length = 0;
  return run;
}

function entry({ entries }: Run, ev: string): Entry | undefined {
  return entries.find((each) => each.ev === ev);
}

const UNI = ["--style", "uni"];
const BIDI = ["--style", "bidi", "--answer", "3"];

function expectUni(run: Run): void {
  expect(entry(run, "done")).toMatchObject({ ok: true });
  expect(entry(run, "notification")).toMatchObject({ hr: "0x00000000", type: "asyncui" });
  expect(run.code).toBe(0);
}

function expectBidi(run: Run): void {
  expect(entry(run, "done")).toMatchObject({ ok: true });
  expect(entry(run, "channelNotification")).toMatchObject({ hr: "0x00000000", nullHandle: false });
  expect(entry(run, "channelClosed")).toMatchObject({ hr: "0x00000000", nullHandle: true });
  expect(run.code).toBe(0);
}

describePeer("the independent client (python3-impacket)", pythonWith(["impacket"]), (python) => {
  describe.each(Object.keys(LEVELS) as (keyof typeof LEVELS)[])("at level %s", (level) => {
    it.each(SYNTAXES)("holds a conversation in both styles, in %s", async (syntax) => {
      const how = ["--level", LEVELS[level], "--syntax", syntax];
      const uni = await converse(python, ...UNI, ...how, "--park");
      expectUni(uni);
      expect(entry(uni, "bound")).toMatchObject({
        syntax: { async: syntax === "ndr" ? "ndr" : "ndr64" },
        hdrSign: level !== "packet",
        auth: { ntlmMic: true, mechListMicVerified: true },
      });
      expectBidi(await converse(python, ...BIDI, ...how));
    });
  });

  it.each([
    ["without header signing", ["--no-hdrsign"]],
    ["with verification trailers", ["--vt"]],
    ["without feature negotiation", ["--no-btfn"]],
    ["with another mechanism preferred, so that mechListMIC is asked for", ["--krb-first"]],
    ["without an NTLM MIC", ["--no-mic"]],
    ["without a target name", ["--no-spn"]],
    ["in fragments of 2048 bytes", ["--max-frag", "2048"]],
    ["in requests cut into tiny fragments", ["--request-frag", "16"]],
    ["with several calls on a connection", ["--mpx", "--park"]],
  ])("holds a conversation %s", async (_how, options) => {
    expectUni(await converse(python, ...UNI, ...options));
    expectBidi(await converse(python, ...BIDI, ...options));
  });

  it("ends a parked call by Unregister, by cancelling and by giving it up", async () => {
    const parked = await converse(python, ...UNI, "--mpx", "--park");
    expect(entry(parked, "parkedResult")).toMatchObject({ hr: "0x8007071a" });
    const cancelled = await converse(python, ...UNI, "--park", "--cancel", "cancel");
    expect(entry(cancelled, "cancelResult")).toMatchObject({ fault: "0x1c00000d" });
    expectUni(await converse(python, ...UNI, "--park", "--cancel", "orphan"));
  });

  it("sends large replies, releases channels, and is released where nobody goes on", async () => {
    expectBidi(await converse(python, "--style", "bidi", "--reply-size", "1000000"));
    expectBidi(await converse(python, "--style", "bidi", "--release"));
    const released = await converse(python, "--style", "bidi", "--responses", "1");
    expect(released.entries.find(({ response }) => response === 1)).toMatchObject({
      hr: "0x00000000",
      type: "release",
      nullHandle: true,
    });
  });

  it("watches all users, one printer, but no unknown printer and not without protection", async () => {
    expectUni(await converse(python, ...UNI, "--filter", "all"));
    expectUni(await converse(python, ...UNI, "--name", "\\\\127.0.0.1\\HP4"));
    expect(entry(await client(python, ...UNI, "--name", "\\\\127.0.0.1\\HP5"), "registered")).toMatchObject({
      hr: "0x8007007b",
    });
    expect(entry(await client(python, ...UNI, "--level", "2"), "fault")).toMatchObject({ status: "0x00000005" });
    expect(entry(await client(python, ...UNI, "--auth", "none"), "fault")).toMatchObject({ status: "0x00000005" });
  });

  it("finds the port by the endpoint mapper", async () => {
    const [, port, ...mapper] = ports;
    const asked = [CLIENT, "--server", "127.0.0.1", ...mapper, "--password", PASSWORD, "--name", "\\\\s\\nowhere"];
    const { stdout } = await promisify(execFile)(python, ["-B", ...asked]).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(JSON.parse(stdout.split("\n")[0] ?? "")).toMatchObject({ ev: "resolved", port: Number(port) });
  });

  it("leaves nothing behind when it dies", async () => {
    const left = { registrations: 1, objects: 1, channels: 0 };
    const gone = server.line({ type: "client.disconnected", left });
    await converse(python, ...UNI, "--die", "rst");
    await gone;
    expectUni(await converse(python, ...UNI));
  });

  it.each([
    ["at privacy level in both syntaxes", []],
    ["at integrity level in NDR64", ["--level", "5", "--syntax", "ndr64"]],
    ["at packet level in NDR, without header signing", ["--level", "4", "--syntax", "ndr", "--no-hdrsign"]],
  ])("gets an acceptable answer to every malformation %s", async (_how, options) => {
    const run = await client(python, "--malform", "all", ...options);
    const bad = run.entries.filter(({ ev, ok, result }) => ev === "malform" && ok !== true && result !== "skipped");
    expect(bad).toEqual([]);
    expect(entry(run, "done")).toMatchObject({ ok: true, failed: 0 });
  });
});

describePeer("Samba's client (python3-samba)", pythonWith(["impacket", "samba"]), (python) => {
  it.each(Object.entries(LEVELS))("logs on and holds a conversation at level %s", async (_level, level) => {
    const samba = ["--backend", "samba-rpc", "--level", level];
    const uni = await converse(python, ...samba, ...UNI);
    expect(entry(uni, "notification")).toMatchObject({ hr: "0x00000000", type: "asyncui" });
    expect(entry(uni, "done")).toMatchObject({ ok: true });
    const bidi = await converse(python, ...samba, ...BIDI);
    expect(entry(bidi, "channelClosed")).toMatchObject({ hr: "0x00000000", nullHandle: true });
    expect(entry(bidi, "done")).toMatchObject({ ok: true });
  });
});
