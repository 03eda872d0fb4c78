import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endOf } from "../support/eventually.js";
import { PANWATCH } from "./support/panwatch.js";
import { LoopbackServer, NOTHING_LEFT } from "./support/print-server.js";
import { cleanEnvironment, run } from "./support/run.js";

let print: LoopbackServer;
beforeEach(async () => {
  print = await LoopbackServer.start({ printers: ["HP4", "日本 \x1b[31m2", "a,b"] });
});
afterEach(async () => {
  await print[Symbol.asyncDispose]();
});

function list(...args: string[]): ReturnType<typeof run> {
  return run(["printers", "127.0.0.1", ...print.access, "--kerberos", "off", ...args]);
}

describe("panwatch printers", () => {
  it("prints the queues, without what a terminal would obey, and leaves nothing", async () => {
    const ended = await list();
    expect(ended).toEqual({ code: 0, stdout: "HP4\n日本 2\na,b\n", stderr: "" });
    expect(await print.left()).toEqual(NOTHING_LEFT);
  });

  it("prints JSON lines", async () => {
    const { code, stdout } = await list("-o", "json");
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as object); // prettier-ignore
    expect(lines[1]).toEqual({
      v: 1,
      type: "printer",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
      seq: 2,
      server: "127.0.0.1",
      printer: null,
      registration: null,
      channel: null,
      name: "日本 \x1b[31m2",
      comment: "",
    });
    expect(lines).toHaveLength(3);
  });

  it("says so when there is none, unless told to be quiet", async () => {
    print.server.setPrinters([]);
    expect(await list()).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringMatching(/shares no printers/) as unknown,
    });
    expect(await list("-q")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("refuses a TARGET with a printer (2), and a wrong password (4)", async () => {
    expect(await run(["printers", "127.0.0.1/HP4", ...print.access])).toMatchObject({ code: 2, stdout: "" });
    const wrong = print.file("wrong", "wrong\n");
    const ended = await list("--password-file", wrong);
    expect(ended).toMatchObject({ code: 4, stdout: "" });
    expect(print.events.filter(({ type }) => type === "client.logonFailed")).toHaveLength(1);
  });

  it("ends by SIGINT with 130 while the server says nothing", async () => {
    const silent = createServer();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const connected = once(silent, "connection");
    const port = String((silent.address() as AddressInfo).port);
    const args = ["printers", "127.0.0.1", ...print.access.slice(0, 4), "--kerberos", "off", "--port", port];
    const child = spawn(process.execPath, [PANWATCH, ...args], { env: cleanEnvironment() });
    await connected;
    child.kill("SIGINT");
    await endOf(child, "close");
    expect(child.exitCode).toBe(130);
    silent.close();
  });
});
