// From putting a message box to having its answer, one or twenty boxes at a time; beside an echo over a bare relay. A box takes
// three round trips: the channel, its notification, the answer.
import { Child, pin } from "../support/child.mjs";
import { Watch } from "../support/command.mjs";
import { figure, median, percentile } from "../support/figures.mjs";
import { Relay } from "../support/relay.mjs";

const OPEN = { one: { boxes: 1, times: 400 }, twenty: { boxes: 20, times: 60 } };
const WARM_UP = 300;

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
  const relay = await Relay.start("echo");
  pin(server.pid, "server");
  pin(watch.pid, "client");
  for (let i = 0; i < WARM_UP; i++) await server.request("ask", 1);
  for (const [label, { boxes, times }] of Object.entries(OPEN)) {
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
