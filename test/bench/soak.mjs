// A long watch in little time: 200,000 notifications through 50 connections that are cut. None may come twice, none may be
// missing without a gap that tells of it, and memory and descriptors must stay where they were after the first tenth.
// Run by `npm run bench:soak`, on the built project; needs --expose-gc and /proc.
import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PrintServer } from "../../dist/print-server/print-server.js";
import { balloonDocument } from "../../dist/print-server/documents/asyncui.js";
import { ASYNC_UI } from "../../dist/pan/types.js";
import { watch } from "../../dist/watch/watch.js";

const TOTAL = 200_000;
const CUTS = 50;
/** Notifications on their way at once: fewer than a server's queue holds. */
const IN_FLIGHT = 50;
/** How far heap and descriptors may be above their state after the first tenth. */
const HEAP_SLACK = 8 * 1024 * 1024;
const DESCRIPTOR_SLACK = 3;

if (process.send === undefined) process.exitCode = await soak();
else await serve();

async function soak() {
  const child = fork(fileURLToPath(import.meta.url));
  const [{ port }] = await once(child, "message");
  const seen = { told: 0, last: 0, twice: 0, missing: 0, missingNow: 0, unaccounted: 0, gaps: 0, reconnects: 0 };
  const samples = [];
  const request = {
    server: "127.0.0.1",
    user: "soak",
    password: "soak",
    kerberos: "off",
    types: [ASYNC_UI],
    style: "uni",
  };
  const watcher = watch({ ...request, connection: { port }, retry: { minMs: 1, maxMs: 5 } });
  console.log("notifications   reconnects   missing   heap MiB   descriptors");
  for await (const event of watcher) {
    if (event.type === "reconnecting") seen.reconnects += 1;
    if (event.type === "gap") accountForGap(seen);
    if (event.type !== "notification") continue;
    const number = Number(event.notification.title);
    count(seen, number);
    if (seen.told % (TOTAL / 10) === 0) samples.push(sample(seen));
    if (number === TOTAL) break;
    if (number % (TOTAL / CUTS) === TOTAL / CUTS / 2) child.send("cut");
  }
  await watcher.close("done");
  child.disconnect();
  return verdict(seen, samples);
}

/** Numbers go up; what is left out must be accounted for by a gap that was told since the last notification. */
function count(seen, number) {
  if (number <= seen.last) seen.twice += 1;
  const left = Math.max(0, number - seen.last - 1);
  seen.missing += left;
  if (left > 0 && !seen.gapOpen) seen.unaccounted += left;
  seen.gapOpen = false;
  seen.last = number;
  seen.told += 1;
}

function accountForGap(seen) {
  seen.gaps += 1;
  seen.gapOpen = true;
}

function sample({ told, reconnects, missing }) {
  globalThis.gc();
  const heap = process.memoryUsage().heapUsed;
  const descriptors = readdirSync("/proc/self/fd").length;
  const columns = [told, reconnects, missing, (heap / 2 ** 20).toFixed(1), descriptors];
  console.log(columns.map((value, i) => String(value).padStart([13, 13, 10, 11, 14][i])).join(""));
  return { heap, descriptors };
}

function verdict({ told, missing, twice, unaccounted, gaps, reconnects }, samples) {
  const [first] = samples;
  const last = samples.at(-1);
  const flat = last.heap - first.heap < HEAP_SLACK && last.descriptors - first.descriptors <= DESCRIPTOR_SLACK;
  console.log(
    `${told} told + ${missing} within ${gaps} gaps = ${told + missing} of ${TOTAL}; ${reconnects} reconnects`,
  );
  console.log(
    `${twice} twice, ${unaccounted} missing without a gap, memory and descriptors ${flat ? "flat" : "GROWING"}`,
  );
  return twice === 0 && unaccounted === 0 && flat && told + missing === TOTAL ? 0 : 1;
}

/** The server's side: keeps a few notifications on their way, cuts all connections when told, ends with its parent. */
async function serve() {
  const server = await PrintServer.start({ users: [{ name: "soak", password: "soak" }] });
  let sent = 0;
  const send = () => {
    if (sent < TOTAL)
      server.notify({ type: ASYNC_UI, data: balloonDocument({ title: String(++sent), bodies: ["x"] }) });
  };
  server.on((event) => {
    if (event.type === "client.received") send();
    if (event.type === "client.registered") for (let i = 0; i < IN_FLIGHT; i++) send();
  });
  process.on("message", () => server.dropConnections());
  process.on("disconnect", () => void server.close());
  process.send({ port: server.port });
}
