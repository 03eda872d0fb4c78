import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Panwatch, PANWATCH, Server } from "../e2e/support/panwatch.js";
import { eventually } from "../support/eventually.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "panwatch-service-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Prints what comes at a notify socket, a line each, as systemd would read it. */
const LISTENER = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True:
    print(s.recv(65536).decode().replace("\\n", " "), flush=True)
`;

/** A notify socket, and what has come there. */
class NotifySocket implements Disposable {
  readonly path = join(folder, "notify");
  readonly #child = spawn("python3", ["-c", LISTENER, this.path], { stdio: ["ignore", "pipe", "inherit"] });
  readonly #lines = createInterface(this.#child.stdout);
  readonly #seen: string[] = [];

  constructor() {
    this.#lines.on("line", (line) => this.#seen.push(line));
  }

  /** Waits for a message that holds this text. */
  async hears(text: string): Promise<void> {
    await eventually(() => expect(this.#seen.join("\n")).toContain(text));
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}

describe("panwatch service", () => {
  it.each([
    ["a password", ["srv", "-U", "CORP\\watcher", "--password-file", "/etc/hostname", "-o", "line"]],
    ["a keytab and a hook", ["a", "b/HP 4", "-k", "--keytab", "/etc/hostname", "--", "/bin/echo", "100% $HOME"]],
    ["files that are written", ["srv", "--trace", join(tmpdir(), "t"), "--reply", "exec=/bin/cat"]],
  ])("prints a unit that systemd takes: with %s", (_, args) => {
    const unit = join(folder, "panwatch.service");
    writeFileSync(unit, execFileSync(process.execPath, [PANWATCH, "service", ...args]));
    const check = ["verify", "--recursive-errors=no", unit];
    // systemd-analyze complains on stderr, and ends with 1 for what it does not take.
    expect(() => execFileSync("systemd-analyze", check, { stdio: "pipe", encoding: "utf8" })).not.toThrow();
  });

  it.each([
    [["srv", "-i"], "no terminal"],
    [["srv", "--password-file", "-"], "no stdin"],
    [["srv", "--timeout", "1s"], "--count"],
  ])("refuses %j, which a service cannot do", async (args, what) => {
    await using refused = new Panwatch(["service", ...args]);
    expect(await refused.exit()).toBe(2);
    expect(refused.stderr).toContain(what);
  });
});

describe("a watch under a service manager", () => {
  it("says that it is ready, what it watches, that it lives, and that it ends", async () => {
    await using server = await Server.start();
    using socket = new NotifySocket();
    await socket.hears("listening");
    const env = { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: "200000" };
    await using watch = await server.watchWith({ env });
    await socket.hears("READY=1");
    await socket.hears("STATUS=Watching 127.0.0.1 for asyncui (uni, bidi) as alice");
    await socket.hears("WATCHDOG=1");
    watch.kill("SIGTERM");
    await socket.hears("STOPPING=1");
    expect(await watch.exit()).toBe(143);
  });
});
