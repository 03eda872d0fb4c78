import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ASYNC_UI } from "../../src/pan/types.js";
import { balloonDocument, customUiDocument } from "../../src/print-server/documents/asyncui.js";
import { PrintServer } from "../../src/print-server/print-server.js";
import { PANWATCH, Victim } from "./support/victim.js";

const MIB = 1024 * 1024;
/** Node itself, and garbage that is not collected yet. */
const IDLE = 120 * MIB;
/** What has come and gone again, and is not collected yet. */
const GARBAGE = 256 * MIB;
/** What one server may make a client hold. */
const BUDGET = 128 * MIB;

describe("a server that wants a watch to hold more than it can", () => {
  const folder = mkdtempSync(join(tmpdir(), "panwatch-hostile-"));
  const password = join(folder, "password");
  const [thinks, large] = ["thinks", "large"].map((name) => join(folder, name)) as [string, string];

  beforeAll(() => {
    writeFileSync(password, "Passw0rd!\n", { mode: 0o600 });
    writeFileSync(thinks, "#!/bin/sh\nexec sleep 300\n", { mode: 0o700 });
    const reply = `printf '{"text":"'\nhead -c 4000000 /dev/zero | tr '\\0' a\nprintf '"}\\n'\n`;
    writeFileSync(large, `#!/bin/sh\ncat >/dev/null\n${reply}`, { mode: 0o700 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A watch of which nobody sees the output. */
  function watching(port: number, reply: string): Victim {
    const options = ["-U", "alice", "--password-file", password, "--kerberos", "off", "--port", `${port}`];
    const asked = ["--type", "asyncui", "--auth-level", "packet", "--reply", `exec=${reply}`, "-o", "json"];
    const watch = [process.execPath, PANWATCH, "watch", "127.0.0.1", ...options, ...asked];
    return new Victim(["sh", "-c", 'exec "$@" >/dev/null', "sh", ...watch]);
  }

  const start = (): Promise<PrintServer> => PrintServer.start({ users: [{ name: "alice", password: "Passw0rd!" }] });
  const registered = async (server: PrintServer, count: number): Promise<void> => {
    let seen = 0;
    await server.next("client.registered", () => ++seen === count);
  };
  const question = (bytes: number): Uint8Array =>
    customUiDocument({ dll: "d.dll", entrypoint: "E", bidi: true }, "Ж".repeat(bytes / 2));

  it("by 128 questions of 4 MiB that nobody answers: most are released, so that others can answer them", async () => {
    await using server = await start();
    let [asked, released] = [0, 0];
    await using victim = watching(server.port, thinks);
    await registered(server, 2);
    const done = server.next("client.released", () => ++released >= 100);
    const all = server.next("client.received", () => ++asked === 128);
    const data = question(4 * MIB);
    for (let i = 0; i < 128; i++) server.openChannel({ type: ASYNC_UI, data });
    await Promise.all([all, done]);
    expect(victim.peakMemory).toBeLessThan(IDLE + GARBAGE + BUDGET);
  }, 120_000);

  it("by large notifications while large replies are on their way: both arrive, as one side always reads", async () => {
    await using server = await start();
    const count = 8;
    const lost = server.next("client.disconnected").then(() => "the connection was lost");
    let [replied, received] = [0, 0];
    await using victim = watching(server.port, large);
    await registered(server, 2);
    const answers = server.next("client.replied", ({ data }) => data.length >= 8_000_000 && ++replied === count);
    const all = server.next("client.received", ({ channel }) => channel === null && ++received === count);
    const notice = balloonDocument({ title: "T", bodies: ["Ж".repeat(4 * MIB)] });
    for (let i = 0; i < count; i++) {
      server.openChannel({ type: ASYNC_UI, data: question(1000) });
      server.notify({ type: ASYNC_UI, data: notice });
    }
    const outcome = await Promise.race([lost, Promise.all([answers, all])]);
    expect(outcome).toMatchObject([{ via: "CloseChannel" }, { channel: null }]);
    expect(victim.peakMemory).toBeLessThan(IDLE + GARBAGE + BUDGET);
  }, 120_000);
});
