// Notifications per second end to end, over TCP with NTLM, at each level: server and watcher in processes of their own.
// Run by `npm run bench`, on the built project.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { PrintServer } from "../../dist/print-server/print-server.js";
import { balloonDocument } from "../../dist/print-server/documents/asyncui.js";
import { ASYNC_UI } from "../../dist/pan/types.js";
import { watch } from "../../dist/watch/watch.js";

const PASSWORD = "bench";
const SIZES = [
  ["1 KiB", 300, 20_000],
  ["64 KiB", 32_000, 2_000],
  ["1 MiB", 520_000, 100],
];
/** Notifications on their way at once: fewer than a server's queue holds. */
const IN_FLIGHT = 50;

if (process.send === undefined) await measure();
else await serve();

async function measure() {
  console.log("level      size       per second     MB/s");
  for (const level of ["packet", "integrity", "privacy"]) {
    for (const [name, characters, count] of SIZES) await measureOne(level, name, characters, count);
  }
}

async function measureOne(level, name, characters, count) {
  const child = fork(fileURLToPath(import.meta.url), [String(characters), String(count)]);
  const [{ port, bytes }] = await once(child, "message");
  const connection = { port, level };
  const request = {
    server: "127.0.0.1",
    user: "bench",
    password: PASSWORD,
    kerberos: "off",
    types: [ASYNC_UI],
    style: "uni",
  };
  let began = 0;
  for await (const event of watch({ ...request, connection, limit: count })) {
    if (event.type === "registered") {
      began = performance.now();
      child.send("go");
    }
    if (event.type === "error") throw new Error(event.message);
  }
  const seconds = (performance.now() - began) / 1000;
  child.disconnect();
  const rate = Math.round(count / seconds);
  const megabytes = Math.round((count * bytes) / seconds / 1e6);
  console.log(`${level.padEnd(10)} ${name.padEnd(10)} ${String(rate).padStart(10)} ${String(megabytes).padStart(8)}`);
}

/** The server's side: keeps a few notifications on their way until all are sent; ends with its parent. */
async function serve() {
  const [characters, count] = process.argv.slice(2).map(Number);
  const server = await PrintServer.start({ users: [{ name: "bench", password: PASSWORD }], minLevel: "packet" });
  const data = balloonDocument({ title: "Bench", bodies: ["x".repeat(characters)] });
  let left = count;
  const send = () => {
    if (left-- > 0) server.notify({ type: ASYNC_UI, data });
  };
  server.on((event) => {
    if (event.type === "client.received") send();
  });
  process.on("message", () => {
    for (let i = 0; i < IN_FLIGHT; i++) send();
  });
  process.on("disconnect", () => void server.close());
  process.send({ port: server.port, bytes: data.length });
}
