// Notifications a second from the embedded server to a reader that does nothing with them, and the client's CPU for each;
// beside a bare relay that asks for as many bytes as often.
import { Child, cpuMicros, pin } from "../support/child.mjs";
import { Watch } from "../support/command.mjs";
import { figure, median } from "../support/figures.mjs";
import { Relay } from "../support/relay.mjs";

const LEVELS = ["packet", "integrity", "privacy"];
/** Bytes of a notification, how many of them make a round, and how many are raised at once: what the command has to print is
 * never more than it keeps for a slow reader. */
const SIZES = {
  "1KiB": { size: 2 ** 10, count: 2400, burst: 800 },
  "64KiB": { size: 2 ** 16, count: 256, burst: 64 },
  "1MiB": { size: 2 ** 20, count: 16, burst: 4 },
  "10MiB": { size: 10 * 2 ** 20, count: 2, burst: 1 },
};
const ROUNDS = 3;

export async function* rows(wanted) {
  const server = new Child("programs/server.mjs");
  const port = await server.request("port");
  pin(server.pid, "server");
  const relay = await Relay.start("take");
  for (const level of LEVELS) {
    for (const [label, shape] of Object.entries(SIZES)) {
      for (const [reader, Client] of Object.entries({ library: LibraryClient, cli: CommandClient })) {
        const name = `endToEnd.${level}.${label}.${reader}`;
        if (!wanted(name)) continue;
        const client = new Client(port, level);
        await client.take(0);
        pin(client.pid, "client");
        yield await measure(name, shape, server, client, relay);
        await client.end();
        await server.request("deserted");
      }
    }
  }
  relay.end();
  server.end();
}

async function measure(name, { size, count, burst }, server, client, relay) {
  const rounds = [];
  for (let i = 0; i <= ROUNDS; i++) {
    const round = await one(server, client, () => raise(server, client, { size, count, burst }), count);
    const bare = await one(relay.server, relay.client, () => relay.client.request("take", size, count), count);
    // The first one only warms up.
    if (i > 0) rounds.push({ round, bare });
  }
  const middle = (pick) => median(rounds.map(pick));
  return figure(
    name,
    "notifications/s",
    middle(({ round }) => round.rate),
    middle(({ bare }) => bare.rate),
    {
      cpuMicros: middle(({ round }) => round.clientMicros),
      referenceCpuMicros: middle(({ bare }) => bare.clientMicros),
      serverCpuMicros: middle(({ round }) => round.serverMicros),
    },
  );
}

async function raise(server, client, { size, count, burst }) {
  for (let left = count; left > 0; left -= burst)
    await Promise.all([server.request("raise", size, Math.min(left, burst)), client.take(Math.min(left, burst))]);
}

/** One round: its rate, and the CPU that both sides took for each notification. */
async function one(server, client, work, count) {
  const before = [performance.now(), cpuMicros(client.pid), cpuMicros(server.pid)];
  await work();
  const [ms, clientMicros, serverMicros] = [performance.now(), cpuMicros(client.pid), cpuMicros(server.pid)].map(
    (after, i) => after - before[i],
  );
  return { rate: (1000 * count) / ms, clientMicros: clientMicros / count, serverMicros: serverMicros / count };
}

/** The line or event `registered` counts as one. */
class LibraryClient {
  #child;
  #total = 1;

  constructor(port, level) {
    this.#child = new Child("programs/library-client.mjs", port, level);
  }

  get pid() {
    return this.#child.pid;
  }

  take(count) {
    this.#total += count;
    return this.#child.request("until", this.#total);
  }

  async end() {
    await this.#child.request("leave");
    this.#child.end();
  }
}

class CommandClient {
  #watch;
  #total = 1;

  constructor(port, level) {
    const args = ["127.0.0.1", "--auth-level", level, "--type", "asyncui", "--style", "uni"];
    this.#watch = new Watch(port, args);
  }

  get pid() {
    return this.#watch.pid;
  }

  take(count) {
    this.#total += count;
    return this.#watch.until(this.#total);
  }

  end() {
    return this.#watch.end();
  }
}
