import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { groupIsAlive, processIdIn, Scripts } from "../cli/programs/scripts.js";
import { eventually } from "../support/eventually.js";
import { Server, type Line } from "./support/panwatch.js";
import { PAPER_JAM, stable } from "./support/replies.js";

let server: Server;
beforeAll(async () => {
  server = await Server.start();
});
afterEach(async () => {
  await server.reset();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const balloon = (title: string): object => ({ notify: "balloon", title, body: "first line\nsecond line" });

function jsonLines(file: string): Line[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Line);
}

describe("hooks", () => {
  it("run once for each printed notification, in order, with its JSON line and the environment", async () => {
    using scripts = new Scripts();
    const log = scripts.path("log");
    const hook = scripts.node(
      "hook",
      `const { appendFileSync, readFileSync } = require("node:fs");
       const line = JSON.parse(readFileSync(0, "utf8"));
       const environment = Object.entries(process.env).filter(([name]) => name.startsWith("PANWATCH_"));
       const [, , ...args] = process.argv;
       appendFileSync(process.env.LOG, JSON.stringify({ line, args, ...Object.fromEntries(environment) }) + "\\n");
       console.log("on stdout");
       console.error("on stderr");`,
    );
    await using watch = await server.watchWith(
      { env: { LOG: log, PANWATCH_PASSWORD: "not for hooks" } },
      "-n",
      "3",
      "--",
      hook,
      "an argument",
      "--reply",
      "$HOME; exit 1",
    );
    await server.tell(balloon("First"));
    await watch.line({ type: "notification.balloon" });
    await server.tell(PAPER_JAM);
    await watch.line({ type: "notification.messageBox" });
    await server.tell(balloon("Third \u009b31mred\u202e"));
    expect(await watch.exit()).toBe(0);
    const notifications = watch.lines.filter(({ type }) => String(type).startsWith("notification."));
    const ran = jsonLines(log);
    expect(ran.map(({ line }) => line)).toEqual(notifications);
    expect(ran.map(({ args }) => args)).toEqual(Array(3).fill(["an argument", "--reply", "$HOME; exit 1"]));
    expect({ ...ran[2], line: null, args: null }).toEqual({
      line: null,
      args: null,
      PANWATCH_EVENT_TYPE: "notification.balloon",
      PANWATCH_EVENT_ID: notifications[2]?.["id"],
      PANWATCH_EVENT_SERVER: "127.0.0.1",
      PANWATCH_EVENT_PRINTER: "",
      PANWATCH_EVENT_TITLE: "Third red",
      PANWATCH_EVENT_BODY: "first line second line",
      PANWATCH_EVENT_PROBLEM: "",
    });
    const finished = watch.ofType("hook.finished");
    expect(finished.map((line) => stable(line))).toEqual(
      notifications.map(({ id, server: name, printer, registration, channel }) => ({
        v: 1,
        type: "hook.finished",
        server: name,
        printer,
        registration,
        channel,
        for: id,
        exit: 0,
        signal: null,
        timedOut: false,
        ms: expect.any(Number) as unknown,
      })),
    );
    for (const text of ["on stdout", "on stderr"])
      expect(watch.stderr.split("\n").filter((line) => line === text)).toHaveLength(3);
  });

  it("do not run for what --kind leaves out", async () => {
    using scripts = new Scripts();
    const hook = scripts.sh("hook", `cat >> ${scripts.path("log")}`);
    await using watch = await server.watch("-n", "1", "--kind", "messageBox", "--", hook);
    await server.tell(balloon("not this one"));
    await server.tell(PAPER_JAM);
    expect(await watch.exit()).toBe(0);
    expect(jsonLines(scripts.path("log"))).toEqual(watch.ofType("notification.messageBox"));
  });

  it.each([
    ["warn", 0],
    ["fail", 10],
  ])("that fail end with %s in exit code %i, and each says how it ended", async (errors, exitCode) => {
    using scripts = new Scripts();
    const hook = scripts.sh("hook", "case $PANWATCH_EVENT_TITLE in a) exit 3;; b) kill -SEGV $$;; c) sleep 600;; esac");
    await using watch = await server.watch("-n", "4", "--hook-errors", errors, "--hook-timeout", "1500ms", "--", hook);
    for (const title of ["a", "b", "c", "d"]) await server.tell(balloon(title));
    expect(await watch.exit()).toBe(exitCode);
    expect(watch.ofType("hook.finished")).toMatchObject([
      { exit: 3, signal: null, timedOut: false },
      { exit: null, signal: "SIGSEGV", timedOut: false },
      { exit: null, signal: "SIGTERM", timedOut: true },
      { exit: 0, signal: null, timedOut: false },
    ]);
    expect(watch.stderr).toMatch(/hook ended with exit status 3/);
    expect(watch.ofType("unregistered").map((line) => line["exitCode"])).toContain(exitCode);
  });

  it("that cannot be started are error lines which are not fatal", async () => {
    using scripts = new Scripts();
    await using watch = await server.watch("-n", "1", "--", scripts.noProgram("hook"));
    await server.tell(balloon("a"));
    expect(await watch.exit()).toBe(0);
    expect(watch.ofType("error")).toMatchObject([{ code: "program", stage: "hook", fatal: false }]);
    expect(watch.ofType("hook.finished")).toMatchObject([{ exit: null, signal: null, timedOut: false }]);
  });

  it("are waited for by -n, and their lines are printed", async () => {
    using scripts = new Scripts();
    const hook = scripts.sh("hook", `sleep 0.3; echo $PANWATCH_EVENT_ID >> ${scripts.path("log")}`);
    await using watch = await server.watch("-n", "3", "--", hook);
    await server.tell({ ...balloon("a"), repeat: 3 });
    expect(await watch.exit()).toBe(0);
    expect(readFileSync(scripts.path("log"), "utf8")).toBe("n1\nn2\nn3\n");
    expect(watch.ofType("hook.finished")).toHaveLength(3);
    expect(watch.lines.slice(-2).map(({ type }) => type)).toEqual(["unregistered", "unregistered"]);
  });

  it("hold nothing up: 1,000 balloons are printed while the first hook runs, and those it had no room for are told", async () => {
    await using watch = await server.watch("--", "sleep", "600");
    for (let count = 50; count <= 1050; count += 50) {
      await server.tell({ ...balloon("a"), repeat: 50 });
      await watch.count("notification.balloon", count);
    }
    expect(watch.ofType("hook.finished")).toEqual([]);
    const [error] = watch.ofType("error");
    expect(error).toMatchObject({ code: "program", stage: "hook", fatal: false });
    expect(error?.["message"]).toBe("The hook does not keep up: 1000 wait for it, and it is not run for n1002.");
    watch.kill("SIGTERM");
    expect(await watch.exit()).toBe(143);
    expect(watch.ofType("hook.finished")).toMatchObject([
      { for: "n1", exit: null, signal: "SIGTERM", timedOut: false },
    ]);
  }, 90_000);

  /** A hook that ignores SIGTERM, has started another process, and has written its process id. */
  function stubborn(scripts: Scripts): string {
    const pid = scripts.path("pid");
    return scripts.sh("hook", `trap '' TERM; sleep 600 & echo $$ > ${pid}; while :; do sleep 600; done`);
  }

  it("are stopped by a signal with all they have started, also when they ignore SIGTERM", async () => {
    using scripts = new Scripts();
    await using watch = await server.watch("--", stubborn(scripts));
    await server.tell(balloon("a"));
    const pid = await processIdIn(scripts.path("pid"));
    watch.kill("SIGINT");
    expect(await watch.exit()).toBe(130);
    expect(groupIsAlive(pid)).toBe(false);
  });

  it("are killed at once by a second signal that comes more than 500 ms after the first", async () => {
    using scripts = new Scripts();
    await using watch = await server.watch("--", stubborn(scripts));
    await server.tell(balloon("a"));
    const pid = await processIdIn(scripts.path("pid"));
    // A server that says nothing makes leaving last.
    server.panwatch.kill("SIGSTOP");
    onTestFinished(() => server.panwatch.kill("SIGCONT"));
    watch.kill("SIGINT");
    // Those of the first 500 ms are the same wish as the first.
    const again = setInterval(() => watch.kill("SIGTERM"), 50);
    const exit = await watch.exit();
    clearInterval(again);
    expect(exit).toBe(143);
    await eventually(() => expect(groupIsAlive(pid)).toBe(false));
  });
});
