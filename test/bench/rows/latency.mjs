// From raising a notification to its JSON line in the hands of a reader; beside a line that only a bare relay carries. No process is kept
// on one core: what V8 does beside its main thread would wait for it there, and it for that.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { Child, ENVIRONMENT } from "../support/child.mjs";
import { Watch } from "../support/command.mjs";
import { figure, median, percentile } from "../support/figures.mjs";

const SAMPLES = 4000;
/** The first ones only warm up: V8 compiles for some seconds, between the others. */
const WARM_UP = 3000;
const PAUSE_MS = 1;
const RELAY = fileURLToPath(new URL("../programs/relay-client.mjs", import.meta.url));

export async function* rows() {
  const [server, relay] = [new Child("programs/server.mjs"), new Child("programs/relay-server.mjs")];
  const [times, relayTimes] = [[], []];
  const watch = new Watch(await server.request("port"), ["127.0.0.1", "--type", "asyncui", "--style", "uni"], (line) =>
    sample(times, /"title":"(\d+)"/.exec(line.toString())?.[1]),
  );
  const printer = spawn(process.execPath, [RELAY, String(await relay.request("port")), "print"], { env: ENVIRONMENT });
  createInterface(printer.stdout).on("line", (line) => sample(relayTimes, line));
  await server.request("registered", 1);
  for (let i = 0; i < SAMPLES; i++) {
    await Promise.all([server.request("stamp"), arrival(times, i)]);
    await delay(PAUSE_MS);
    await Promise.all([relay.request("stamp"), arrival(relayTimes, i)]);
  }
  const [ms, relayMs] = [times.slice(WARM_UP), relayTimes.slice(WARM_UP)];
  yield figure("latency.median", "ms", median(ms), median(relayMs));
  yield figure("latency.p99", "ms", percentile(ms, 99), percentile(relayMs, 99));
  await watch.end();
  server.end();
  relay.end();
}

/** Remembers the milliseconds since the time that a line carries; the clock is the same for all processes. */
function sample(times, stamp) {
  if (stamp === undefined) return;
  times.push(Number(process.hrtime.bigint() - BigInt(stamp)) / 1e6);
  times.arrived?.();
}

function arrival(times, count) {
  return times.length > count ? null : new Promise((resolve) => (times.arrived = resolve));
}
