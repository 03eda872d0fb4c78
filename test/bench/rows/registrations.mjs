// 1,000 printers of one server, registered on one association: how long that takes beside as many round trips over a bare
// relay, and how much memory beside a watch of one printer. Notifications for one of the printers must cost what they cost then.
import { Child, cpuMicros, pin, statusOf } from "../support/child.mjs";
import { Watch } from "../support/command.mjs";
import { figure, median } from "../support/figures.mjs";
import { Relay } from "../support/relay.mjs";

const PRINTERS = 1000;
/** Create and Register. */
const CALLS = 2;
const ROUNDS = 5;
const NOTIFICATIONS = 2000;

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
  const [rss, rssOfOne] = [middle(thousand, "rss"), middle(one, "rss")];
  yield figure("registrations.1000.rss", "MiB", rss, rssOfOne, { added: rss - rssOfOne });
}

async function relaySeconds({ client }) {
  const began = performance.now();
  await client.request("take", 100, CALLS * PRINTERS);
  return (performance.now() - began) / 1000;
}

/** From the first registration to the last, the memory then, and the CPU for each notification. */
async function watchPrinters(count) {
  const server = new Child("programs/server.mjs");
  const targets = Array.from({ length: count }, (_, i) => `127.0.0.1/P${i}`);
  let first = 0;
  const args = [...targets, "--type", "asyncui", "--style", "uni"];
  const watch = new Watch(await server.request("port"), args, () => (first ||= performance.now()));
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
