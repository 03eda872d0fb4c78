// From putting a message box to having its answer, one or twenty boxes at a time; beside an echo over a bare relay. A box takes
// three round trips: the channel, its notification, the answer. No process is kept on one core, as for the latency.
import { Child } from "../support/child.mjs";
import { Watch } from "../support/command.mjs";
import { figure, median, percentile } from "../support/figures.mjs";
import { Relay } from "../support/relay.mjs";

/** Boxes at once, how often before times are taken, and how often then. */
const OPEN = { one: { boxes: 1, warmUp: 3000, times: 1000 }, twenty: { boxes: 20, warmUp: 100, times: 200 } };

export async function* rows() {
  const server = new Child("programs/server.mjs");
  const answers = ["--reply", "button=IDOK"];
  const watch = new Watch(await server.request("port"), [
    "127.0.0.1",
    "--type",
    "asyncui",
    "--style",
    "bidi",
    ...answers,
  ]);
  await server.request("registered", 1);
  const relay = await Relay.start("echo", false);
  for (const [label, { boxes, warmUp, times }] of Object.entries(OPEN)) {
    for (let i = 0; i < warmUp; i++) await server.request("ask", boxes);
    const [ms, relayMs] = [[], []];
    for (let i = 0; i < times; i++) {
      ms.push(...(await server.request("ask", boxes)));
      relayMs.push(...(await relay.server.request("echo", boxes)));
    }
    const beside = { median: median(ms), referenceMedian: median(relayMs) };
    yield figure(`reply.${label}.p99`, "ms", percentile(ms, 99), percentile(relayMs, 99), beside);
  }
  await watch.end();
  relay.end();
  server.end();
}
