import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { groupIsAlive, Scripts } from "../cli/programs/scripts.js";
import { Server } from "./support/panwatch.js";
import { course, CUSTOM_UI, expectRejected, PAPER_JAM } from "./support/replies.js";
import { SlowProgram } from "./support/slow-program.js";
import { eventually } from "../support/eventually.js";

describe("while a reply program runs", () => {
  it("1,000 balloons come through, and then its answer counts", async () => {
    await using server = await Server.start();
    using program = new SlowProgram();
    await using watch = await server.watch("--reply", `exec=${program.path}`);
    await server.tell(PAPER_JAM);
    await program.runs();
    // A print server keeps 100 notifications for a registration: they come in batches, so that it need not drop any.
    for (let count = 50; count <= 1000; count += 50) {
      const done = await server.tell({ notify: "balloon", title: "Balloon", repeat: 50 });
      expect(done).toMatchObject({ delivered: 50, lost: 0 });
      await watch.count("notification.balloon", count);
    }
    expect(watch.ofType("reply.sent")).toEqual([]);
    program.answer();
    await watch.line({ type: "reply.sent", replyTo: "n1", via: "exec" });
    await watch.line({ type: "channel.closed" });
    expect(course(watch)).toEqual([
      "channel.opened server",
      "notification.messageBox",
      "reply.sent",
      "channel.closed self",
    ]);
    await server.panwatch.line({ type: "client.replied", buttonId: 1 });
    expect(watch.lines.map(({ seq }) => seq)).toEqual(watch.lines.map((_line, index) => index + 1));
  }, 90_000);

  it("the connection may be lost: the program is stopped, and the watch goes on", async () => {
    await using server = await Server.start();
    using program = new SlowProgram();
    await using watch = await server.watch("--reply", `exec=${program.path}`);
    await server.tell(PAPER_JAM);
    const pid = await program.runs();
    server.panwatch.kill("SIGKILL");
    await watch.line({ type: "reconnecting" });
    await eventually(() => expect(groupIsAlive(pid)).toBe(false));
    expect(watch.lines.filter(({ type }) => String(type).startsWith("reply."))).toEqual([]);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s stops it, and leaves the message box to others", async (signal, exitCode) => {
    await using server = await Server.start();
    using program = new SlowProgram();
    await using watch = await server.watch("--reply", `exec=${program.path}`);
    await server.tell(PAPER_JAM);
    const pid = await program.runs();
    watch.kill(signal);
    expect(await watch.exit()).toBe(exitCode);
    expect(groupIsAlive(pid)).toBe(false);
    await server.panwatch.count("client.unregistered", 2);
    await server.panwatch.line({ type: "client.released", reason: "released" });
    expect(server.panwatch.ofType("client.replied")).toEqual([]);
    const disconnected = await server.panwatch.line({ type: "client.disconnected" });
    expect(disconnected["left"]).toEqual({ registrations: 0, objects: 0, channels: 0 });
  });

  it("the server may close the channel: the reply is rejected ([MS-PAN] 3.1.1.4.6)", async () => {
    await using server = await Server.start();
    using program = new SlowProgram();
    await using watch = await server.watch("-n", "1", "--reply", `exec=${program.path}`);
    const { channels } = await server.tell(PAPER_JAM);
    await program.runs();
    await server.tell({ close: (channels as string[])[0] });
    program.answer();
    const result = { code: "0x80040008", name: expect.stringContaining("CHANNEL_ALREADY_CLOSED") as unknown };
    await expectRejected(watch, result);
    expect(await watch.exit()).toBe(9);
    await server.panwatch.line({ type: "client.rejected", hresult: "0x80040008" });
  });
});

describe("side by side", () => {
  it("eight programs run at a time, and each of ten questions gets its answer", async () => {
    using scripts = new Scripts();
    await using server = await Server.start();
    // Each program adds itself to those that run, and notes how many that are.
    const program = scripts.sh(
      "answer",
      `mkdir ${scripts.path("running")} 2>/dev/null; : > ${scripts.path("running")}/$$
       ls ${scripts.path("running")} | wc -l >> ${scripts.path("counts")}
       sleep 0.3
       rm ${scripts.path("running")}/$$
       echo '{"text":"for '$PANWATCH_EVENT_ID'"}'`,
    );
    await using watch = await server.watch("-n", "10", "--reply", `exec=${program}`);
    await server.tell({ ...CUSTOM_UI, repeat: 10 });
    expect(await watch.exit()).toBe(0);
    const sent = watch.ofType("reply.sent");
    expect(sent).toHaveLength(10);
    for (const { replyTo, text } of sent) expect(text).toBe(`for ${String(replyTo)}`);
    const counts = readFileSync(scripts.path("counts"), "utf8").trim().split("\n").map(Number);
    expect(Math.max(...counts)).toBeLessThanOrEqual(8);
    expect(counts).toHaveLength(10);
  });
});
