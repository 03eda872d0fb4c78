import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PrintServer } from "../../src/print-server/print-server.js";
import { PANWATCH, Victim } from "./support/victim.js";

/** Where the name server is that takes every question and answers none. */
const DEAF = "127.0.0.250";
/** CLI.md promises 2 s; the rest is for a machine that has other things to do. A thread that hangs would keep it for 6 s and more. */
const LEAVING_MS = 4000;

/** Whether a process can have a resolv.conf of its own here. */
function canMount(): boolean {
  try {
    execFileSync("unshare", ["-m", "true"], { stdio: "ignore" });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

describe.runIf(canMount())("a name server that answers nothing (needs root, for a resolv.conf of its own)", () => {
  const folder = mkdtempSync(join(tmpdir(), "panwatch-hostile-"));
  const resolvConf = join(folder, "resolv.conf");
  const password = join(folder, "password");
  const socket = createSocket("udp4");
  let server: PrintServer;

  beforeAll(async () => {
    socket.bind(53, DEAF);
    await once(socket, "listening");
    writeFileSync(resolvConf, `nameserver ${DEAF}\noptions timeout:30 attempts:5\n`);
    writeFileSync(password, "Passw0rd!\n", { mode: 0o600 });
    server = await PrintServer.start({ users: [{ name: "alice", password: "Passw0rd!" }] });
  });
  afterAll(async () => {
    socket.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  function watch(targets: readonly string[]): Victim {
    const options = ["-U", "alice", "--password-file", password, "--kerberos", "off", "--port", `${server.port}`];
    const mounted = `mount --bind ${resolvConf} /etc/resolv.conf && exec "$@"`;
    const command = [process.execPath, PANWATCH, "watch", ...targets, ...options, "-o", "json"];
    return new Victim("unshare", ["-m", "sh", "-c", mounted, "sh", ...command]);
  }

  it("does not keep another target from being watched, nor the watch from its end", async () => {
    const dead = Array.from({ length: 8 }, (_, i) => `dead${i}.example`);
    await using victim = watch([...dead, "localhost"]);
    await victim.line("registered");
    expect(await victim.leave()).toBeLessThan(LEAVING_MS);
  });

  it("is given up after --connect-timeout", async () => {
    const asked = once(socket, "message");
    await using victim = watch(["dead.example", "--connect-timeout", "1s"]);
    await asked;
    expect(await victim.line("error")).toMatchObject({
      code: "unreachable",
      message: "the name dead.example was not resolved in time",
    });
  });
});
