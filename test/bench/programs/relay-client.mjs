// The client's side of the relay: takes what it asks for, prints what comes, or sends it back.
import { connect } from "node:net";
import { serveRequests } from "../support/child.mjs";
import { REQUEST } from "../support/relay.mjs";

const [port, mode] = process.argv.slice(2);
const socket = connect({ port: Number(port), host: "127.0.0.1", noDelay: true });
if (mode === "print") socket.pipe(process.stdout);
if (mode === "echo") socket.on("data", (chunk) => socket.write(chunk));
if (mode === "take") serveRequests({ take });
socket.on("close", () => process.exit(0));

/** Asks `count` times for `size` bytes, the next time when they are there. */
function take(size, count) {
  const poll = Buffer.alloc(REQUEST);
  poll.writeUInt32LE(size);
  let have = 0;
  let taken = 0;
  return new Promise((resolve) => {
    socket.removeAllListeners("data").on("data", (chunk) => {
      have += chunk.length;
      if (have < size) return;
      have -= size;
      if (++taken === count) resolve(null);
      else socket.write(poll);
    });
    socket.write(poll);
  });
}
