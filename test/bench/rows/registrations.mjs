// 1,000 printers of one server, registered on one association: how long that takes beside as many round trips over a bare
// relay, and how much memory beside a watch of one printer, at once and when V8 has given back what it needed for that. Notifications
// for one of the printers must cost what they cost then.
import { setTimeout as delay } from "node:timers/promises";
import { Child, cpuMicros, pin, statusOf } from "../support/child.mjs";
import { Watch } from "../support/command.mjs";
import { figure, median } from "../support/figures.mjs";
import { Relay } from "../support/relay.mjs";

const PRINTERS = 1000;
/** Create and Register. */
const CALLS = 2;
const ROUNDS = 5;
const NOTIFICATIONS = 2000;
/** V8 tidies up some 10 s, and again some 30 s, after the last work. */
const SETTLE_MS = 40_000;

export async function* rows() {
  const relay = await Relay.start("take");
  const [bare, seconds, thousand, one] = [[], [], [], []];
  for (let i = 0; i < ROUNDS; i++) {
    bare.push(await relaySeconds(relay));
    thousand.push(await watchPrinters(PRINTERS));
    one.push(await watchPrinters(1));
    seconds.push(thousand.at(-1).seconds);
  }
  relay.end();
  const middle = (runs, field) => median(runs.map((run) => run[field]));
  const cpu = { cpuMicros: middle(thousand, "cpuMicros"), referenceCpuMicros: middle(one, "cpuMicros") };
  yield figure("registrations.1000.seconds", "s", median(seconds), median(bare), cpu);
  const [rss, rssOfOne] = await Promise.all([settledRss(PRINTERS), settledRss(1)]);
  const addedAtFirst = middle(thousand, "rss") - middle(one, "rss");
  yield figure("registrations.1000.rss", "MiB", rss, rssOfOne, { added: rss - rssOfOne, addedAtFirst });
}

async function relaySeconds({ client }) {
  const began = performance.now();
  await client.request("take", 100, CALLS * PRINTERS);
  return (performance.now() - began) / 1000;
}

/** The arguments of a watch of so many printers. */
function printers(count) {
  const targets = Array.from({ length: count }, (_, i) => `127.0.0.1/P${i}`);
  return [...targets, "--type", "asyncui", "--style", "uni"];
}

/** The memory of a watch to which nothing has happened since it registered. */
async function settledRss(count) {
  const server = new Child("programs/server.mjs");
  const watch = new Watch(await server.request("port"), printers(count));
  await watch.until(count);
  await delay(SETTLE_MS);
  const rss = statusOf(watch.pid, "VmRSS") / 1024;
  await watch.end();
  server.end();
  return rss;
}

/** From the first registration to the last, the memory then, and the CPU for each notification. */
async function watchPrinters(count) {
  const server = new Child("programs/server.mjs");
  let first = 0;
  const watch = new Watch(await server.request("port"), printers(count), () => (first ||= performance.now()));
  pin(server.pid, "server");
  await watch.until(count);
  const seconds = (performance.now() - first) / 1000;
  const rss = statusOf(watch.pid, "VmRSS") / 1024;
  const before = cpuMicros(watch.pid);
  await Promise.all([server.request("raise", 1024, NOTIFICATIONS, "P0"), watch.until(count + NOTIFICATIONS)]);
  const micros = (cpuMicros(watch.pid) - before) / NOTIFICATIONS;
  await watch.end();
  server.end();
  return { seconds, rss, cpuMicros: micros };
}
