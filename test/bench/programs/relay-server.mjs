// The reference of everything that crosses a connection: plain bytes over TCP, without decoding, protection or registration.
import { once } from "node:events";
import { createServer } from "node:net";
import { serveRequests } from "../support/child.mjs";
import { REQUEST } from "../support/relay.mjs";

const [mode] = process.argv.slice(2);
const server = createServer({ noDelay: true }).listen(0, "127.0.0.1");
await once(server, "listening");
const connected = once(server, "connection");
let echoed = () => undefined;

serveRequests({
  port: () => server.address().port,
  /** Sends the time in a line. */
  async stamp() {
    const [socket] = await connected;
    socket.write(`${process.hrtime.bigint()}\n`);
  },
  /** Sends `count` bytes one by one, and gives the milliseconds until each was echoed. */
  async echo(count) {
    const [socket] = await connected;
    const began = performance.now();
    const times = [];
    return new Promise((resolve) => {
      echoed = (chunk) => {
        for (let i = 0; i < chunk.length; i++) times.push(performance.now() - began);
        if (times.length === count) resolve(times);
      };
      for (let i = 0; i < count; i++) socket.write("x");
    });
  },
});
const [socket] = await connected;
if (mode === "take") answerRequests();
else socket.on("data", (chunk) => echoed(chunk));

/** Each request says with how many bytes it is to be answered. */
function answerRequests() {
  let waiting = Buffer.alloc(0);
  let answer = waiting;
  socket.on("data", (chunk) => {
    for (waiting = Buffer.concat([waiting, chunk]); waiting.length >= REQUEST; waiting = waiting.subarray(REQUEST)) {
      const size = waiting.readUInt32LE();
      if (answer.length !== size) answer = Buffer.alloc(size);
      socket.write(answer);
    }
  });
}
