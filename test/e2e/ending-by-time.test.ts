import { describe, expect, it } from "vitest";
import { groupIsAlive, processIdIn, Scripts } from "../cli/programs/scripts.js";
import { LoopbackServer, NOTHING_LEFT } from "./support/print-server.js";
import { Panwatch } from "./support/panwatch.js";
import { run } from "./support/run.js";

/** Long enough for a busy machine to connect and register in; the tests of this file wait side by side. */
const LONG = "4s";

const AGAIN = ["--wait-for-server", "--backoff", "10ms..20ms"];

/** The exit code of a watch that finds nobody, and keeps trying. */
async function codeOfNowhere(...args: readonly string[]): Promise<unknown> {
  const env = { PANWATCH_PASSWORD: "of nobody" };
  const { code } = await run(["watch", "127.0.0.1", "-U", "alice", "--port", "1", ...AGAIN, ...args], { env });
  return code;
}

describe.concurrent("ending by time", () => {
  it("--timeout ends with 3 when the count is not reached, and says how many came", async () => {
    await using print = await LoopbackServer.start();
    const args = ["watch", "127.0.0.1", "-o", "json", "-n", "2", "--timeout", LONG, ...print.access];
    await using panwatch = new Panwatch(args);
    await panwatch.count("registered", 3);
    print.balloon("x");
    await panwatch.count("notification.balloon", 1);
    expect(await panwatch.exit()).toBe(3);
    expect(panwatch.ofType("unregistered")[0]).toMatchObject({ reason: "timeout", exitCode: 3 });
    expect(panwatch.stderr).toMatch(/^panwatch: --timeout 4 s is over: 1 of 2 notifications came\.$/m);
    expect(await print.left()).toEqual(NOTHING_LEFT);
  });

  it("--timeout counts connecting too", async () => {
    expect(await codeOfNowhere("-n", "1", "--timeout", "300ms")).toBe(3);
  });

  it("--duration ends with 0", async () => {
    await using print = await LoopbackServer.start();
    await using panwatch = new Panwatch(["watch", "127.0.0.1", "-o", "json", "--duration", LONG, ...print.access]);
    expect(await panwatch.exit()).toBe(0);
    expect(panwatch.ofType("unregistered")[0]).toMatchObject({ reason: "duration", exitCode: 0 });
    expect(await print.left()).toEqual(NOTHING_LEFT);
  });

  it("--duration ends with 6 when it was never registered", async () => {
    expect(await codeOfNowhere("--duration", "500ms")).toBe(6);
  });

  it("--duration ends with 8 at a limit of the server", async () => {
    await using print = await LoopbackServer.start();
    print.server.failNext("RegisterClient", 0x80070015, 1_000_000);
    expect((await run(["watch", "127.0.0.1", ...print.access, ...AGAIN, "--duration", LONG])).code).toBe(8);
  });

  it("--duration stops hooks with all they have started, also when they ignore SIGTERM", async () => {
    await using print = await LoopbackServer.start();
    using scripts = new Scripts();
    const pid = scripts.path("pid");
    const hook = scripts.sh("hook", `trap '' TERM; sleep 600 & echo $$ > ${pid}; while :; do sleep 600; done`);
    await using panwatch = new Panwatch([
      "watch",
      "127.0.0.1",
      "-o",
      "json",
      "--duration",
      LONG,
      ...print.access,
      "--",
      hook,
    ]);
    await panwatch.count("registered", 3);
    print.balloon("a");
    const group = await processIdIn(pid);
    expect(await panwatch.exit()).toBe(0);
    expect(groupIsAlive(group)).toBe(false);
  });
});
