import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { endOf } from "../support/eventually.js";
import { encodeUtf16 } from "../../src/bytes/utf16.js";
import { PRINTER_CONFIGURATION } from "../../src/pan/types.js";
import { within } from "../../src/waiting.js";
import { processIdIn } from "../cli/programs/scripts.js";
import { Panwatch, PANWATCH, type Line } from "./support/panwatch.js";
import { LoopbackServer, NOTHING_LEFT } from "./support/print-server.js";
import { cleanEnvironment, run, type Ended } from "./support/run.js";

const ONE_SENTENCE = /^panwatch: [^\n]+[.?]\n$/;

let print: LoopbackServer;
beforeEach(async () => {
  print = await LoopbackServer.start({ printers: ["HP4"] });
});
afterEach(async () => {
  await print[Symbol.asyncDispose]();
});

/** A panwatch that watches the server as JSON lines, registered for everything. */
async function watch(...args: string[]): Promise<Panwatch> {
  const panwatch = new Panwatch(["watch", "127.0.0.1", "-o", "json", ...print.access, ...args]);
  await panwatch.count("registered", args.includes("uni") ? 1 : 3);
  return panwatch;
}

/** Runs a watch of the server to its end; `begin` is called when all three registrations are there. */
async function watchToEnd(args: readonly string[], begin: () => void = () => undefined): Promise<Ended> {
  const ended = run(["watch", "127.0.0.1", ...print.access, ...args]);
  let registrations = 0;
  const stop = print.server.on((event) => {
    if (event.type !== "client.waiting") return;
    registrations += 1;
    if (registrations === 3) begin();
  });
  const result = await ended;
  stop();
  return result;
}

describe("a watch", () => {
  it("prints one event a line with -o line, with date and zone and tabs between", async () => {
    const { code, stdout } = await watchToEnd(["-o", "line", "-n", "1"], () => print.balloon("Paper jam"));
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d\tballoon\t127\.0\.0\.1\tPaper jam\tBody\n$/,
    );
  });

  it("registers, prints JSON lines, and leaves clean when the count is reached", async () => {
    await using panwatch = await watch("-n", "2");
    print.balloon("First");
    print.configuration("\\Printer.Toner:Level", 12);
    expect(await panwatch.exit()).toBe(0);
    const types = panwatch.lines.map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(["registered", "registered", "registered"]);
    expect(types.slice(3, 5).sort()).toEqual(["notification.balloon", "notification.printerConfiguration"]);
    expect(types.slice(5)).toEqual(["unregistered", "unregistered", "unregistered"]);
    expect(panwatch.lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const line of panwatch.ofType("unregistered")) expect(line).toMatchObject({ reason: "count", exitCode: 0 });
    expect(await print.left()).toEqual(NOTHING_LEFT);
    expect(panwatch.stderr).toBe(
      "Watching 127.0.0.1 for asyncui (uni, bidi) and printer-config (uni) as alice (NTLM, privacy)" +
        " — silence is normal until something happens; Ctrl-C to stop\n",
    );
  });

  it("prints for people, and says on stderr what is watched, but not with -q", async () => {
    const shown = await watchToEnd(["-n", "1"], () => print.balloon("Paper jam"));
    expect(shown).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Watching [^\n]+\n$/) as string });
    expect(shown.stdout).toMatch(/^[\d:]{8} ● Balloon n1 from 127.0.0.1\n {9}Paper jam\n {9}Body\n$/);
    const quiet = await watchToEnd(["-n", "1", "-q"], () => print.balloon("Paper jam"));
    expect(quiet).toMatchObject({ code: 0, stderr: "" });
  });

  it("goes on after what cannot be read, in both types ([MS-PAN] 3.2.3.4.1, 3.2.4.4.1)", async () => {
    const shown = await watchToEnd(["-n", "4", "-o", "json"], () => {
      print.asyncUi("<toastUI/>");
      print.balloon("After");
      print.server.notify({ type: PRINTER_CONFIGURATION, data: encodeUtf16("<Query/>\0") });
      print.configuration("\\Printer.X:Y", 1);
    });
    const lines = shown.stdout.trimEnd().split("\n");
    const types = lines.map((line) => (JSON.parse(line) as Line)["type"] as string);
    expect(types.filter((type) => type.startsWith("notification.")).sort()).toEqual([
      "notification.balloon",
      "notification.printerConfiguration",
      "notification.unknown",
      "notification.unknown",
    ]);
    expect(shown.code).toBe(0);
  });

  it("shows a message box with the command that would answer it, and releases it", async () => {
    const shown = await watchToEnd(["-n", "1"], () => print.messageBox("Order toner?"));
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(
      /Buttons: OK \(IDOK\), Cancel \(IDCANCEL\)\n +To answer: panwatch answer 127.0.0.1 .*--button IDOK\n/,
    );
    expect(print.events.filter(({ type }) => type === "client.replied")).toEqual([]);
    expect(print.events).toContainEqual(expect.objectContaining({ type: "client.released", reason: "released" }));
  });

  it("watches a printer, and passes over what is for another one", async () => {
    const ended = run(["watch", "//127.0.0.1/HP4", "-n", "1", "-o", "json", ...print.access]);
    await print.happened("client.waiting", 3);
    print.balloon("x");
    const [line] = (await ended).stdout.split("\n").filter((one) => one.includes("notification.balloon"));
    expect(JSON.parse(line ?? "")).toMatchObject({ server: "127.0.0.1", printer: "HP4", title: "x" });
  });

  it("counts, prints and hooks only the kinds that are wanted", async () => {
    await using panwatch = await watch("-n", "1", "--kind", "printerConfiguration");
    print.balloon("not wanted");
    print.messageBox("not wanted either");
    await print.next("client.released");
    print.configuration("\\A:B", 1);
    expect(await panwatch.exit()).toBe(0);
    const notifications = panwatch.lines.filter(({ type }) => String(type).startsWith("notification."));
    expect(notifications).toEqual([expect.objectContaining({ type: "notification.printerConfiguration", id: "n1" })]);
  });

  it("takes the texts of drivers from --resources", async () => {
    const tables = print.file("strings.json", JSON.stringify({ "ihv.dll": { 7: "Drum worn out" } }));
    await using panwatch = await watch("-n", "1", "--resources", tables);
    print.asyncUi('<balloonUI><title stringID="7" resourceDll="IHV.dll"/></balloonUI>');
    await panwatch.exit();
    expect(panwatch.ofType("notification.balloon")).toEqual([expect.objectContaining({ title: "Drum worn out" })]);
  });
});

describe("signals", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s leaves the server clean and ends with %d", async (signal, code) => {
    await using panwatch = await watch();
    print.messageBox("Open");
    await panwatch.line({ type: "notification.messageBox" });
    panwatch.kill(signal);
    expect(await panwatch.exit()).toBe(code);
    const last = panwatch.ofType("unregistered");
    expect(last).toHaveLength(3);
    for (const line of last) expect(line).toMatchObject({ reason: signal, exitCode: code });
    expect(await print.left()).toEqual(NOTHING_LEFT);
  });
});

describe("stdout", () => {
  it("that its reader closes ends the watch with 0, and the server is left clean", async () => {
    const child = spawn(process.execPath, [PANWATCH, "watch", "127.0.0.1", "-o", "json", ...print.access], {
      env: cleanEnvironment(),
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    for (let seen = 0; seen < 3; seen += 1) await lines.next();
    child.stdout.destroy();
    print.balloon("into the void");
    await endOf(child, "close");
    expect(child.exitCode).toBe(0);
    expect(await print.left()).toEqual(NOTHING_LEFT);
  });

  it("on a full disk ends the watch with 1 and a sentence, and the server is left clean", async () => {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [PANWATCH, "watch", "127.0.0.1", "-q", ...print.access], {
      env: cleanEnvironment(),
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);
    await print.happened("client.waiting", 3);
    print.balloon("x");
    const [said] = await Promise.all([text(child.stderr ?? Readable.from([])), endOf(child, "close")]);
    expect(child.exitCode).toBe(1);
    expect(said).toMatch(/^panwatch: stdout cannot be written: ENOSPC[^\n]*\n$/);
    expect(await print.left()).toEqual(NOTHING_LEFT);
  });

  it("that nobody reads slows nothing down: what it did not take is told as a gap", async () => {
    const child = spawn(process.execPath, [PANWATCH, "watch", "127.0.0.1", "-q", "-o", "json", ...print.access], {
      env: cleanEnvironment(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    await print.happened("client.waiting", 3);
    const all = 5000;
    for (let sent = 0; sent < all; sent += 50) {
      const received = print.next("client.waiting", ({ method }) => method === "GetNotification");
      for (let i = sent; i < sent + 50; i += 1) print.balloon(`Balloon ${i}`);
      await received;
    }
    const output = createInterface(child.stdout);
    const lines: Line[] = [];
    for await (const line of output) {
      lines.push(JSON.parse(line) as Line);
      if (lines.at(-1)?.["type"] === "gap") child.kill("SIGTERM");
    }
    expect(child.exitCode ?? (await endOf(child, "exit"))[0]).toBe(143);
    const balloons = lines.filter(({ type }) => type === "notification.balloon");
    expect(balloons.length).toBeGreaterThan(1000);
    expect(balloons.length).toBeLessThan(all);
    expect(lines.filter(({ type }) => type === "gap")).toEqual([
      expect.objectContaining({ server: "127.0.0.1", registration: null, mayHaveLost: true }),
    ]);
    expect(await print.left()).toEqual(NOTHING_LEFT);
  });
});

describe("stdout that nobody reads", () => {
  it("does not keep a watch from ending on a signal", async () => {
    const child = spawn(process.execPath, [PANWATCH, "watch", "127.0.0.1", "-q", "-o", "json", ...print.access], {
      env: cleanEnvironment(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    await print.happened("client.waiting", 3);
    // 2 MB: far more than the pipe and both of its ends hold.
    for (let sent = 0; sent < 500; sent += 50) {
      const received = print.next("client.waiting", ({ method }) => method === "GetNotification");
      for (let i = 0; i < 50; i += 1) print.balloon("x".repeat(4000));
      await received;
    }
    child.kill("SIGTERM");
    await within(10_000, endOf(child, "exit"), () => new Error("the watch waits for a reader who never comes"));
    expect(child.exitCode).toBe(143);
    expect(await print.left()).toEqual(NOTHING_LEFT);
    // It had to leave lines behind: the pipe was full.
    expect(await text(child.stdout)).not.toContain('"type":"unregistered"');
  });
});

describe("what the server refuses", () => {
  it("a wrong password ends with 4, and is tried once only", async () => {
    const wrong = print.file("wrong", "wrong\n");
    const args = [
      "watch",
      "127.0.0.1",
      "-U",
      "alice",
      "--password-file",
      wrong,
      "--epm-port",
      String(print.server.epmPort),
    ];
    const { code, stdout, stderr } = await run([...args, "--wait-for-server"]);
    expect([code, stdout]).toEqual([4, ""]);
    expect(stderr).toMatch(ONE_SENTENCE);
    expect(print.events.filter(({ type }) => type === "client.logonFailed")).toHaveLength(1);
  });

  it("a printer that it does not have ends with 7", async () => {
    const { code, stderr } = await run(["watch", "127.0.0.1/HP5", ...print.access]);
    expect(code).toBe(7);
    expect(stderr).not.toMatch(/\n +at /);
  });

  it("all users without the right ends with 5", async () => {
    expect((await run(["watch", "127.0.0.1", "--user-filter", "all-users", ...print.access])).code).toBe(5);
  });

  it("a failed Unregister is told (3.1.1.4.2): the object is deleted all the same, and the watch ends as it was to", async () => {
    await using panwatch = await watch("-n", "1", "--type", "asyncui", "--style", "uni");
    print.server.failNext("UnregisterClient", 0x8007000e);
    print.balloon("x");
    expect(await panwatch.exit()).toBe(0);
    expect(panwatch.ofType("error")).toEqual([
      expect.objectContaining({ stage: "unregister", hresult: "0x8007000E", fatal: false, registration: "r1" }),
    ]);
    expect(panwatch.lines.at(-1)).toMatchObject({ type: "unregistered", reason: "count" });
    expect(await print.left()).toEqual(NOTHING_LEFT);
  });

  it("one TARGET of two: the other goes on, and the failure is not fatal", async () => {
    await using panwatch = new Panwatch([
      "watch",
      "127.0.0.1/HP5",
      "127.0.0.1/HP4",
      "-o",
      "json",
      "-n",
      "1",
      ...print.access,
    ]);
    await panwatch.count("registered", 3);
    expect(await panwatch.count("error", 1)).toEqual([
      expect.objectContaining({ printer: "HP5", hresult: "0x8007007B", fatal: false }),
    ]);
    await panwatch.says("panwatch: HP5 on 127.0.0.1: ");
    await panwatch.says("Watching HP4 on 127.0.0.1");
    print.balloon("x");
    expect(await panwatch.exit()).toBe(0);
  });

  it("all TARGETs: the exit code is the first one's", async () => {
    const { code, stdout } = await run(["watch", "127.0.0.1/HP5", "127.0.0.1/HP6", "-o", "json", ...print.access]);
    expect(code).toBe(7);
    const errors = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    expect(errors.map(({ printer, fatal }) => [printer, fatal])).toEqual([
      ["HP5", false],
      ["HP6", true],
    ]);
  });
});

describe("hooks", () => {
  it("have ended, and their lines are printed, before the count ends the watch", async () => {
    await using panwatch = await watchWithHook("exit 0", "-n", "2");
    expect(await panwatch.exit()).toBe(0);
    const types = panwatch.lines.map(({ type }) => type).filter((type) => type !== "registered");
    expect(types.slice(-3)).toEqual(["unregistered", "unregistered", "unregistered"]);
    expect(panwatch.ofType("hook.finished").map(({ for: id, exit }) => [id, exit])).toEqual([
      ["n1", 0],
      ["n2", 0],
    ]);
  });

  it("read the very line that is printed, and see no password", async () => {
    const seen = print.path("seen");
    await using panwatch = await watchWithHook(`cat >> ${seen}; env > ${seen}.env`, "-n", "2");
    expect(await panwatch.exit()).toBe(0);
    const read = readFileSync(seen, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    expect(read).toEqual(panwatch.ofType("notification.balloon"));
    expect(readFileSync(`${seen}.env`, "utf8")).not.toMatch(/PANWATCH_PASSWORD|Pa55word/);
  });

  it("that fail end with 10 under --hook-errors fail, else with 0", async () => {
    await using failing = await watchWithHook("exit 3", "-n", "2", "--hook-errors", "fail");
    expect(await failing.exit()).toBe(10);
    expect(failing.ofType("unregistered")[0]).toMatchObject({ exitCode: 10 });
    await using warning = await watchWithHook("exit 3", "-n", "2");
    expect(await warning.exit()).toBe(0);
    expect(warning.stderr).toContain("exit status 3");
  });

  it("that run when a signal comes are ended", async () => {
    const pid = print.path("pid");
    await using panwatch = await watchWithHook(`echo $$ > ${pid}; exec sleep 600`);
    const id = await processIdIn(pid);
    await panwatch.line({ type: "notification.balloon", title: "Second" });
    panwatch.kill("SIGTERM");
    expect(await panwatch.exit()).toBe(143);
    expect(panwatch.ofType("hook.finished")).toEqual([expect.objectContaining({ for: "n1", signal: "SIGTERM" })]);
    expect(() => process.kill(id, 0)).toThrow(/ESRCH/);
  });

  /** A watch with a shell script as its hook and the password in the environment; two balloons are raised. */
  async function watchWithHook(script: string, ...args: string[]): Promise<Panwatch> {
    const hook = ["--", "sh", "-c", script];
    const env = { PANWATCH_PASSWORD: "Pa55word of the tests" };
    const port = ["-U", "alice", "--port", String(print.server.port)];
    const panwatch = new Panwatch(["watch", "127.0.0.1", "-o", "json", ...port, ...args, ...hook], env);
    await panwatch.count("registered", 3);
    print.balloon("First");
    print.balloon("Second");
    return panwatch;
  }
});
