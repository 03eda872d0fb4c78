import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { endOf } from "../support/eventually.js";
import { PANWATCH, Server, type Line } from "../e2e/support/panwatch.js";

/** A TCP port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A mosquitto that takes everything, and whoever subscribes to it. */
class Broker implements Disposable {
  readonly port: number;
  readonly #children: ChildProcess[];

  constructor(port: number) {
    this.port = port;
    this.#children = [spawn("mosquitto", ["-p", String(port)], { stdio: "ignore" })];
  }

  /** Subscribes to a topic; gives the messages as they come. */
  async subscribe(topic: string): Promise<AsyncIterator<string>> {
    const args = ["-h", "127.0.0.1", "-p", String(this.port), "-t", topic, "-d", "-v"];
    for (;;) {
      const child = spawn("stdbuf", ["-oL", "mosquitto_sub", ...args], { stdio: ["ignore", "pipe", "ignore"] });
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
      for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
        if (!line.value.includes("SUBACK")) continue;
        this.#children.push(child);
        return lines;
      }
      // The broker does not listen yet.
    }
  }

  [Symbol.dispose](): void {
    for (const child of this.#children) child.kill();
  }
}

describe("a pipeline into MQTT, as docs/pipelines.md has it", () => {
  it("publishes each line of a watch as a message", async () => {
    await using server = await Server.start();
    using broker = new Broker(await freePort());
    const messages = await broker.subscribe("printers/events");
    const access = server.access.map((word) => `'${word}'`).join(" ");
    const publish = `mosquitto_pub -h 127.0.0.1 -p ${broker.port} -t printers/events -l`;
    const pipeline = `'${process.execPath}' '${PANWATCH}' watch 127.0.0.1 ${access} -n 1 -o json | ${publish}`;
    const shell = spawn("sh", ["-c", pipeline], { stdio: "ignore" });
    const ended = endOf(shell, "close");
    await server.panwatch.count("client.registered", 3);
    await server.tell({ notify: "balloon", title: "Paper jam", body: "Tray 2" });
    const received: Line[] = [];
    while (received.filter(({ type }) => type === "unregistered").length < 3) {
      const { value } = (await messages.next()) as { value: string };
      const [, message] = /^printers\/events (.*)$/s.exec(value) ?? [];
      if (message !== undefined) received.push(JSON.parse(message) as Line);
    }
    expect(received.find(({ type }) => type === "notification.balloon")).toMatchObject({ title: "Paper jam" });
    expect(received.map(({ seq }) => seq)).toEqual(received.map((_, i) => i + 1));
    await ended;
  });
});
