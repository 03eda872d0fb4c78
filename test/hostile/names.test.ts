import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PrintServer } from "../../src/print-server/print-server.js";
import { canMount, DeafNameServer } from "./support/name-server.js";
import { LEAVING_MS, PANWATCH, Victim } from "./support/victim.js";

describe.runIf(canMount())("a name server that answers nothing (needs root, for a resolv.conf of its own)", () => {
  const folder = mkdtempSync(join(tmpdir(), "panwatch-hostile-"));
  const password = join(folder, "password");
  let names: DeafNameServer;
  let server: PrintServer;

  beforeAll(async () => {
    names = await DeafNameServer.start(join(folder, "resolv.conf"));
    writeFileSync(password, "Passw0rd!\n", { mode: 0o600 });
    server = await PrintServer.start({ users: [{ name: "alice", password: "Passw0rd!" }] });
  });
  afterAll(async () => {
    await names[Symbol.asyncDispose]();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  function watch(targets: readonly string[]): Victim {
    const options = ["-U", "alice", "--password-file", password, "--kerberos", "off", "--port", `${server.port}`];
    return new Victim(names.runs([process.execPath, PANWATCH, "watch", ...targets, ...options, "-o", "json"]));
  }

  it("does not keep another target from being watched, nor the watch from its end", async () => {
    const dead = Array.from({ length: 100 }, (_, i) => `dead${i}.example`);
    await using victim = watch([...dead, "localhost"]);
    await victim.line("registered");
    expect(await victim.leave()).toBeLessThan(LEAVING_MS);
  });

  it("is given up after --connect-timeout", async () => {
    const asked = names.asked();
    await using victim = watch(["dead.example", "--connect-timeout", "1s"]);
    await asked;
    expect(await victim.line("error")).toMatchObject({
      code: "unreachable",
      message: "the name dead.example was not resolved in time",
    });
  });
});
