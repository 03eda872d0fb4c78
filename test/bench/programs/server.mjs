// The embedded print server, for all rows that need one.
import { PrintServer } from "../../../dist/print-server/print-server.js";
import { ASYNC_UI } from "../../../dist/pan/types.js";
import { serveRequests } from "../support/child.mjs";
import { PASSWORD, USER } from "../support/command.mjs";
import { balloonOf, messageBox } from "../support/documents.mjs";

/** Notifications on their way at once: fewer than a server's queue holds. */
const IN_FLIGHT = 50;

const server = await PrintServer.start({ users: [{ name: USER, password: PASSWORD }], minLevel: "packet" });
/** Called for each notification that a client has taken. */
let received = () => undefined;
server.on((event) => {
  if (event.type === "client.received") received();
});

serveRequests({
  port: () => server.port,
  registered,
  deserted,
  raise,
  stamp() {
    const sent = process.hrtime.bigint();
    server.notify({ type: ASYNC_UI, data: balloonOf(1024, String(sent)) });
  },
  async ask(count) {
    const answers = Array.from({ length: count }, () => askOne());
    return Promise.all(answers);
  },
});

/** Raises notifications of `size` bytes as fast as they are taken, `count` in all, for one printer or all. */
function raise(size, count, printer = null) {
  const data = balloonOf(size);
  let left = count;
  let taken = 0;
  const one = () => {
    if (left-- > 0) server.notify({ type: ASYNC_UI, data, printer });
  };
  return new Promise((resolve) => {
    received = () => {
      one();
      if (++taken === count) resolve(null);
    };
    for (let i = 0; i < IN_FLIGHT; i++) one();
  });
}

/** Resolves once there are so many registrations. */
async function registered(count) {
  while (server.load.registrations < count) await server.next("client.registered");
}

/** Resolves once nobody is registered. */
async function deserted() {
  while (server.load.registrations > 0) await server.next("client.unregistered");
}

/** Puts one message box, and gives the milliseconds until it was answered. */
async function askOne() {
  const began = performance.now();
  const channel = server.openChannel({ type: ASYNC_UI, data: messageBox() });
  await server.next("client.replied", (event) => event.channel === channel.id);
  return performance.now() - began;
}
