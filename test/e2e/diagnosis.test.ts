import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Scripts } from "../cli/programs/scripts.js";
import { Panwatch } from "./support/panwatch.js";
import { LoopbackServer } from "./support/print-server.js";
import { run } from "./support/run.js";

let print: LoopbackServer;
let scripts: Scripts;
beforeEach(async () => {
  print = await LoopbackServer.start();
  scripts = new Scripts();
});
afterEach(async () => {
  scripts[Symbol.dispose]();
  await print[Symbol.asyncDispose]();
});

/** Lines of stderr that tell a decision. */
const told = (stderr: string): string[] => stderr.split("\n").filter((line) => line.startsWith("panwatch: "));

describe("watch -vv", () => {
  it("tells the way, the mechanism, contexts, connections and programs", async () => {
    const program = scripts.sh("answer", "echo IDOK");
    const hook = scripts.sh("hook", "exit 3");
    const args = ["-vv", "-o", "json", "-n", "1", "--reply", `exec=${program}`, ...print.access, "--", hook];
    await using watch = new Panwatch(["watch", "127.0.0.1", ...args]);
    await watch.count("registered", 3);
    print.messageBox("Paper jam");
    expect(await watch.exit()).toBe(0);
    const { port, epmPort } = print.server;
    expect(told(watch.stderr)).toEqual(
      expect.arrayContaining([
        "panwatch: resolve: host 127.0.0.1",
        `panwatch: endpoint-mapper: addresses 127.0.0.1, port ${epmPort}`,
        "panwatch: logon by NTLM as alice: there are no tickets for the address 127.0.0.1",
        `panwatch: logon: peer 127.0.0.1:${port}`,
        expect.stringMatching(
          `^panwatch: 127\\.0\\.0\\.1:${port}: connection 1: NTLM as .*alice.*, association group \\d+, calls share it, ` +
            "headers signed, fragments of 5840 bytes, context 0 is IRPCRemoteObject in ndr64$",
        ),
        expect.stringMatching(/^panwatch: .*: context \d+ is IRPCAsyncNotify in ndr64$/),
        expect.stringMatching(/^panwatch: n1: answer runs as process \d+$/),
        expect.stringMatching(/^panwatch: n1: answer ended after \d+ ms with exit status 0/),
        expect.stringMatching(/^panwatch: n1: hook ended after \d+ ms with exit status 3$/),
      ]),
    );
  });

  it("tells retries, and why there are no more", async () => {
    const args = [
      "--port",
      "1",
      "--wait-for-server",
      "--retry",
      "1",
      "--backoff",
      "10ms..10ms",
      ...print.access.slice(0, 4),
    ];
    const { code, stderr } = await run(["watch", "127.0.0.1", "-vv", ...args]);
    expect(code).toBe(8);
    expect(stderr).toContain("gave up after 1 try: ");
    const lines = told(stderr).filter((line) => line.startsWith("panwatch: 127.0.0.1: "));
    expect(lines).toEqual([
      expect.stringMatching(/^panwatch: 127\.0\.0\.1: retry 1 in 10 ms: 127\.0\.0\.1:1 refused the connection/),
      expect.stringMatching(
        /^panwatch: 127\.0\.0\.1: not tried again, retries so far: 1: 127\.0\.0\.1:1 refused the connection/,
      ),
    ]);
  });

  it("tells nothing of that without it", async () => {
    await using watch = new Panwatch(["watch", "127.0.0.1", "-v", "-o", "json", "--duration", "1ms", ...print.access]);
    await watch.exit();
    expect(watch.stderr).not.toMatch(/resolve:|logon by|context|connection 1/);
  });
});
