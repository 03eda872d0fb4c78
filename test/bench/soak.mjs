// A long watch in little time: 200,000 notifications of every kind through 200 connections that are cut, taken by the library,
// which answers customs, and by the command, which answers nothing. None that comes in order may come twice, none may be
// missing without a gap that tells of it; memory and descriptors must stay where they were.
// Run by `npm run bench:soak`, on the built project; needs --expose-gc and /proc.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import * as asyncui from "../../dist/print-server/documents/asyncui.js";
import { configurationDocument } from "../../dist/print-server/documents/configuration.js";
import { PrintServer } from "../../dist/print-server/print-server.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../dist/pan/types.js";
import { watch } from "../../dist/watch/watch.js";

const TOTAL = Number(process.env.SOAK ?? 200_000);
const CUTS = 200;
/** How often memory and descriptors are looked at. */
const SAMPLES = 50;
/** Notifications and channels on their way at once: fewer than a server's queue holds. */
const IN_FLIGHT = 48;
/** How far the peaks of the second half may be above those of the first. */
const SLACK = { heap: 1.1, resident: 1.1, descriptors: 1.1 };
/** Kinds, each with a third of its own in each hundred; what comes over channels comes in no order. */
const KINDS = ["balloon", "customUi", "printerConfiguration", "messageBox", "bidiUi", "bidiData"];
const PASSWORD = "soak";

if (process.send === undefined) process.exitCode = await soak();
else await serve();

async function soak() {
  const child = fork(fileURLToPath(import.meta.url));
  const [{ port }] = await once(child, "message");
  const command = startCommand(port);
  // What found the server's queue full, as on a machine with too much to do, is told to nobody ([MS-PAN] note 10).
  child.on("message", ({ lost }) => (seen.lostByServer = lost));
  const seen = {
    lostByServer: 0,
    told: 0,
    twice: 0,
    missing: 0,
    unaccounted: 0,
    gaps: 0,
    reconnects: 0,
    streams: new Map(),
  };
  const samples = [];
  const watcher = watch({
    server: "127.0.0.1",
    user: "library",
    password: PASSWORD,
    kerberos: "off",
    connection: { port },
    retry: { minMs: 1, maxMs: 5 },
    answer: async ({ notification }) =>
      notification.kind === "messageBox" ? null : { via: "library", reply: { kind: "text", text: "ok" } },
  });
  console.log("notifications   reconnects   missing   heap MiB   descriptors   the command's MiB   its lines");
  for await (const event of watcher) {
    // The gap is told when the last registration is back; the first may have heard something by then.
    if (event.type === "reconnecting") {
      seen.reconnects += 1;
      openGap(seen, event.registration);
    }
    if (event.type === "gap") {
      seen.gaps += 1;
      openGap(seen, event.registration);
    }
    if (event.type !== "notification") continue;
    count(seen, event);
    if (seen.told % (TOTAL / SAMPLES) === 0) samples.push(sample(seen, command));
    if (seen.told >= TOTAL - seen.missing) break;
    if (seen.told % (TOTAL / CUTS) === Math.floor(TOTAL / CUTS / 2)) child.send("cut");
  }
  await watcher.close("done");
  command.child.kill("SIGTERM");
  await once(command.child, "exit");
  child.disconnect();
  return verdict(seen, samples);
}

/** The built command, whose JSON lines are read and thrown away. */
function startCommand(port) {
  const program = fileURLToPath(new URL("../../bin/panwatch.js", import.meta.url));
  const args = [
    "watch",
    "command@127.0.0.1",
    "--port",
    port,
    "--kerberos",
    "off",
    "-o",
    "json",
    "--backoff",
    "1ms..5ms",
  ];
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, PANWATCH_PASSWORD: PASSWORD },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const command = { child, lines: 0 };
  createInterface({ input: child.stdout }).on("line", () => (command.lines += 1));
  return command;
}

/** In each registration numbers go up; what is left out must be accounted for by a gap told since its last notification. */
function count(seen, { registration, notification }) {
  const [ordered, number] = numberOf(notification);
  seen.told += 1;
  if (!ordered) return;
  const stream = seen.streams.get(registration) ?? { last: 0, gapOpen: false };
  if (number <= stream.last) seen.twice += 1;
  const left = Math.max(0, number - stream.last - 1);
  seen.missing += left;
  if (left > 0 && !stream.gapOpen) seen.unaccounted += left;
  seen.streams.set(registration, { last: number, gapOpen: false });
}

function openGap(seen, registration) {
  for (const [name, stream] of seen.streams) if (registration === null || registration === name) stream.gapOpen = true;
}

/** Whether it came in order, and its number there. */
function numberOf(notification) {
  switch (notification.kind) {
    case "balloon":
      return [true, Number(notification.title)];
    case "printerConfiguration":
      return [true, Number(notification.printerName)];
    case "customUi":
      return [!notification.bidi, Number(notification.entrypoint)];
    default:
      return [false, 0];
  }
}

function sample({ told, reconnects, missing }, command) {
  globalThis.gc();
  const heap = process.memoryUsage().heapUsed;
  const descriptors = readdirSync("/proc/self/fd").length;
  const status = readFileSync(`/proc/${command.child.pid}/status`, "utf8");
  const resident = Number(/VmRSS:\s+(\d+)/.exec(status)[1]) * 1024;
  const mebibytes = (bytes) => (bytes / 2 ** 20).toFixed(1);
  const columns = [told, reconnects, missing, mebibytes(heap), descriptors, mebibytes(resident), command.lines];
  console.log(columns.map((value, i) => String(value).padStart([13, 13, 10, 11, 14, 20, 12][i])).join(""));
  return { heap, descriptors, resident };
}

function verdict({ told, missing, twice, unaccounted, lostByServer, gaps, reconnects }, samples) {
  const half = Math.ceil(samples.length / 2);
  const peak = (part, name) => Math.max(...part.map((sample) => sample[name]));
  const grown = Object.entries(SLACK).map(([name, slack]) => {
    const [before, after] = [peak(samples.slice(0, half), name), peak(samples.slice(half), name)];
    console.log(`${name}: peak of the first half ${before}, of the second ${after}`);
    return after > before * slack;
  });
  const growing = grown.includes(true);
  console.log(`${told} told + ${missing} within ${gaps} gaps; ${reconnects} reconnects`);
  console.log(
    `${twice} twice, ${unaccounted} missing without a gap, of ${lostByServer} that the server lost, memory and descriptors ${growing ? "GROWING" : "flat"}`,
  );
  return twice === 0 && unaccounted <= lostByServer && gaps >= reconnects && !growing ? 0 : 1;
}

/** The server's side: keeps a few notifications on their way, cuts all connections when told, ends with its parent. */
async function serve() {
  const users = ["library", "command"].map((name) => ({ name, password: PASSWORD }));
  const server = await PrintServer.start({ users });
  const channels = new Map();
  const numbers = { [ASYNC_UI]: 0, [PRINTER_CONFIGURATION]: 0 };
  let sent = 0;
  let lost = 0;
  const send = () => {
    const kind = KINDS[sent++ % KINDS.length];
    const type = kind === "printerConfiguration" ? PRINTER_CONFIGURATION : ASYNC_UI;
    if (kind === "messageBox" || kind.startsWith("bidi")) {
      const channel = server.openChannel({ type, data: documentOf(kind, sent) });
      channels.set(channel.id, { channel, released: 0 });
      return;
    }
    lost += server.notify({ type, data: documentOf(kind, ++numbers[type]) }).lost;
    if (lost > 0) process.send({ lost });
  };
  // What was on its way when a connection was cut is not received, and calls for nothing: once all of it is gone, begin anew.
  let received = 0;
  let before = -1;
  const refill = setInterval(() => {
    if (server.load.registrations === 6 && received === before) for (let i = 0; i < IN_FLIGHT; i++) send();
    before = received;
  }, 1000);
  server.on((event) => {
    if (event.type === "client.received" && event.user.endsWith("library")) {
      received += 1;
      send();
    }
    if (event.type === "client.released" && event.reason === "released") release(channels, event.channel);
    if (event.type === "client.replied") channels.delete(event.channel);
  });
  process.on("message", () => server.dropConnections());
  process.on("disconnect", () => {
    clearInterval(refill);
    void server.close();
  });
  process.send({ port: server.port });
}

/** Closes a box that neither of the two clients answers. */
function release(channels, id) {
  const open = channels.get(id);
  if (open === undefined || ++open.released < 2) return;
  channels.delete(id);
  open.channel.close();
}

function documentOf(kind, number) {
  const text = String(number);
  const custom = { dll: "d.dll", entrypoint: text, bidi: kind.startsWith("bidi") };
  switch (kind) {
    case "balloon":
      return asyncui.balloonDocument({ title: text, bodies: ["x"] });
    case "printerConfiguration":
      return configurationDocument({ printerName: text, settings: [], reduced: ["\\Printer.X"] });
    case "messageBox":
      return asyncui.messageBoxDocument({
        title: text,
        bodies: ["x".repeat(2500)],
        buttons: [{ id: "IDOK", label: null }],
      });
    case "bidiData":
      return asyncui.customDataDocument(custom, Buffer.from("data"));
    default:
      return asyncui.customUiDocument(custom, "text");
  }
}
