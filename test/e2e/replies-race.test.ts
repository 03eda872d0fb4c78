import { describe, expect, it } from "vitest";
import { encodeUtf16 } from "../../src/bytes/utf16.js";
import { NULL_HANDLE } from "../../src/ndr/types.js";
import { ASYNC_UI, BIDIRECTIONAL } from "../../src/pan/types.js";
import { balloonDocument } from "../../src/print-server/documents/asyncui.js";
import { PrintServer } from "../../src/print-server/print-server.js";
import { Scripts } from "../cli/programs/scripts.js";
import { ALICE, Caller, connect } from "../print-server/client.js";
import { Panwatch, Server } from "./support/panwatch.js";
import { buttonDocument, course, CUSTOM_UI, expectRejected, expectReleased, PAPER_JAM } from "./support/replies.js";
import { SlowProgram } from "./support/slow-program.js";
import { eventually } from "../support/eventually.js";

describe("several clients", () => {
  it("race for one message box: one reply is accepted, the other is rejected with 0x00040010 ([MS-PAN] 3.1.1.4.6)", async () => {
    await using server = await Server.start();
    using first = new SlowProgram();
    using second = new SlowProgram();
    await using one = await server.watch("-n", "1", "--reply", `exec=${first.path}`);
    await using other = await server.watch("-n", "2", "--reply", `exec=${second.path}`);
    await server.tell(PAPER_JAM);
    await Promise.all([first.runs(), second.runs()]);
    first.answer();
    await one.line({ type: "reply.sent", replyTo: "n1" });
    expect(await one.exit()).toBe(0);
    second.answer();
    const result = { code: "0x00040010", name: expect.stringContaining("CHANNEL_ACQUIRED") as unknown };
    await expectRejected(other, result);
    expect(other.ofType("reply.sent")).toEqual([]);
    await server.tell({ notify: "balloon", title: "goes on" });
    expect(await other.exit()).toBe(9);
    expect(server.panwatch.ofType("client.replied")).toHaveLength(1);
    await server.panwatch.line({ type: "client.rejected", hresult: "0x00040010" });
  });

  it("race without waiting for each other: exactly one of the replies is accepted, ten times over", async () => {
    await using server = await Server.start();
    await using one = await server.watch("--reply", "button=IDOK");
    await using other = await server.watch("--reply", "button=3");
    const outcomes = (type: string): number => one.ofType(type).length + other.ofType(type).length;
    for (let round = 1; round <= 10; round += 1) {
      await server.tell(PAPER_JAM);
      await server.panwatch.count("client.replied", round);
    }
    // Who comes much too late is not even told of the channel.
    await eventually(() => {
      expect(outcomes("reply.sent")).toBe(10);
      expect(outcomes("channel.closed") + outcomes("channel.acquired")).toBe(outcomes("channel.opened"));
    });
    expect(outcomes("reply.rejected") + outcomes("channel.acquired")).toBe(outcomes("channel.opened") - 10);
    for (const { by } of [...one.ofType("channel.acquired"), ...other.ofType("channel.acquired")])
      expect(by).toBe("other");
    expect(server.panwatch.ofType("client.replied")).toHaveLength(10);
  });

  it("tell that another client has taken a channel before there was anything to see, and go on", async () => {
    using scripts = new Scripts();
    const password = scripts.file("password", ALICE.password);
    await using server = await PrintServer.start({ users: [ALICE] });
    const waiting: string[] = [];
    server.on((event) => {
      if (event.type === "client.waiting" && event.channel !== null) waiting.push(event.channel);
    });
    const access = ["-U", ALICE.name, "--password-file", password, "--port", String(server.port)];
    const reply = ["-n", "1", "--reply", "button=IDOK"];
    await using watch = new Panwatch(["watch", "127.0.0.1", "-o", "json", ...access, ...reply]);
    await watch.count("registered", 3);
    const channel = server.openChannel({ type: ASYNC_UI, data: null });
    await eventually(() => expect(waiting).toEqual([channel.id]));
    const other = new Caller(await connect(server.port));
    const object = await other.create();
    await other.register(object, { style: BIDIRECTIONAL });
    const { ppChannelCtxt: channels } = await other.getNewChannel(object);
    await other.closeChannel(channels?.[0] ?? NULL_HANDLE, ASYNC_UI, encodeUtf16(buttonDocument(1)));
    expect(await watch.line({ type: "channel.acquired" })).toMatchObject({ channel: "c1", by: "other" });
    expect(course(watch)).toEqual(["channel.opened server", "channel.acquired other"]);
    server.notify({
      type: ASYNC_UI,
      data: balloonDocument({ title: "goes on", bodies: [], icon: null, action: null }),
    });
    expect(await watch.exit()).toBe(0);
    other.association.close();
  });

  it("do not hear of a message box that was answered before they came", async () => {
    await using server = await Server.start();
    await using watch = await server.watch("--reply", "button=3");
    await server.tell(PAPER_JAM);
    await watch.line({ type: "reply.sent" });
    await using late = await server.watch("-n", "1", "--reply", "button=3");
    await server.tell(CUSTOM_UI);
    expect(await late.exit()).toBe(0);
    expect(late.ofType("notification.messageBox")).toEqual([]);
  });

  it("leave a message box that was released to the next one", async () => {
    await using server = await Server.start();
    await using watch = await server.watch("-n", "1");
    await server.tell(PAPER_JAM);
    expect(await watch.exit()).toBe(0);
    await expectReleased(server, watch);
    await using next = await server.watch("-n", "1", "--reply", "button=IDOK");
    expect(await next.exit()).toBe(0);
    await server.panwatch.line({ type: "client.replied", buttonId: 1 });
  });
});
