// The memory of a watch to which nothing happens, and how often it wakes up; beside a Node that only waits.
import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { Child, ENVIRONMENT, statusOf } from "../support/child.mjs";
import { Watch } from "../support/command.mjs";
import { figure } from "../support/figures.mjs";

/** V8 tidies up some 10 s after a start. */
const SETTLE_MS = 15_000;
const IDLE_MS = 5000;

export async function* rows() {
  const server = new Child("programs/server.mjs");
  const watch = new Watch(await server.request("port"), ["127.0.0.1"]);
  const bare = spawn(process.execPath, ["-e", "setInterval(() => {}, 2 ** 30)"], { env: ENVIRONMENT, stdio: "ignore" });
  await watch.until(3);
  await delay(SETTLE_MS);
  const before = statusOf(watch.pid, "voluntary_ctxt_switches");
  await delay(IDLE_MS);
  const wakeUps = statusOf(watch.pid, "voluntary_ctxt_switches") - before;
  const [rss, bareRss] = [watch, bare].map(({ pid }) => statusOf(pid, "VmRSS") / 1024);
  yield figure("idle.rss", "MiB", rss, bareRss, { wakeUpsPerSecond: (1000 * wakeUps) / IDLE_MS });
  await watch.end();
  bare.kill();
  server.end();
}
