import { describe, expect, it } from "vitest";
import { ASYNC_UI } from "../../src/pan/types.js";
import { messageBoxDocument } from "../../src/print-server/documents/asyncui.js";
import { eventually } from "../support/eventually.js";
import { LoopbackServer, NOTHING_LEFT } from "./support/print-server.js";
import { Panwatch } from "./support/panwatch.js";
import { run } from "./support/run.js";

function titles(stdout: string): unknown[] {
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.flatMap((line) => {
    const { type, title } = JSON.parse(line) as { type: string; title?: string };
    return type === "notification.messageBox" ? [title] : [];
  });
}

const BUTTONS = ["IDOK", "IDCANCEL"].map((id) => ({ id, label: null }));

/** How many clients wait for the first notification of a channel. */
function waitingFor(server: LoopbackServer, channel: string): number {
  return server.events.filter((event) => event.type === "client.waiting" && event.channel === channel).length;
}

function sent(server: LoopbackServer): unknown[] {
  return server.events.flatMap((event) => (event.type === "client.replied" ? [event.channel] : []));
}

describe("panwatch pending", () => {
  it("prints the boxes that waited before it came, releases them without acquiring, and leaves", async () => {
    await using server = await LoopbackServer.start();
    server.messageBox("Paper jam");
    server.messageBox("Toner low");
    const { code, stdout } = await run(["pending", "127.0.0.1", "-o", "json", ...server.access]);
    expect(code).toBe(0);
    expect(titles(stdout)).toEqual(["Paper jam", "Toner low"]);
    expect(await server.left()).toEqual(NOTHING_LEFT);
    const again = await run(["pending", "127.0.0.1", "-o", "json", "--match", "title=/toner/i", ...server.access]);
    expect(titles(again.stdout)).toEqual(["Toner low"]);
    expect(sent(server)).toEqual([]);
  });

  it("prints for people the command that answers each of them", async () => {
    await using server = await LoopbackServer.start();
    server.messageBox("Paper jam");
    const { stdout, stderr } = await run(["pending", "127.0.0.1", ...server.access]);
    expect(stdout).toContain("Paper jam");
    expect(stdout).toMatch(/To answer: panwatch answer 127\.0\.0\.1 .* --match 'title=Paper jam' --button IDOK\n/);
    expect(stderr).toBe("");
  });

  it("says so when nothing waits, unless with -q", async () => {
    await using server = await LoopbackServer.start();
    const none = { code: 0, stdout: "" };
    const command = ["pending", "127.0.0.1", ...server.access];
    expect(await run(command)).toEqual({ ...none, stderr: "No message box waits for an answer.\n" });
    expect(await run([...command, "-q"])).toEqual({ ...none, stderr: "" });
  });

  it("ends as a watch does when it cannot register", async () => {
    const args = ["pending", "127.0.0.1", "--port", "1", "-U", "alice", "--kerberos", "off"];
    const { code } = await run(args, { env: { PANWATCH_PASSWORD: "x" } });
    expect(code).toBe(6);
  });
});

describe("panwatch answer", () => {
  const answer = ["answer", "127.0.0.1", "--match", "title=Paper jam", "--button"];

  it("presses a button of the box that matches, leaves the others, and ends with 0", async () => {
    await using server = await LoopbackServer.start();
    server.messageBox("Toner low");
    server.messageBox("Paper jam");
    const { code, stdout } = await run([...answer, "=Cancel", ...server.access]);
    expect(code).toBe(0);
    expect(stdout).toContain("Reply to n1: Cancel (IDCANCEL), accepted");
    expect(sent(server)).toEqual(["c2"]);
    expect(await server.left()).toEqual(NOTHING_LEFT);
    const left = await run(["pending", "127.0.0.1", "-o", "json", ...server.access]);
    expect(titles(left.stdout)).toEqual(["Toner low"]);
  });

  it("waits for a box that comes within the time", async () => {
    await using server = await LoopbackServer.start();
    await using command = new Panwatch([...answer, "IDOK", "-o", "json", "--timeout", "1m", ...server.access]);
    await command.line({ type: "registered" });
    server.messageBox("Paper jam");
    await command.line({ type: "reply.sent" });
    expect(await command.exit()).toBe(0);
  });

  it("ends with 9 when the box has no such button, and releases it", async () => {
    await using server = await LoopbackServer.start();
    server.messageBox("Paper jam");
    const { code, stderr } = await run([...answer, "7", ...server.access]);
    expect(code).toBe(9);
    expect(stderr).toContain('The message box "Paper jam" has no button 7.');
    expect(sent(server)).toEqual([]);
  });

  it("races with itself for one box: the server decides, one ends with 0 and the other with 9", async () => {
    await using server = await LoopbackServer.start();
    const channel = server.server.openChannel({ type: ASYNC_UI, data: null });
    const commands = ["IDOK", "=Cancel"].map((button) => run([...answer, button, ...server.access]));
    // Both wait for what the channel will say, and both are told at once.
    await eventually(() => expect(waitingFor(server, channel.id)).toBe(2));
    channel.notify(messageBoxDocument({ title: "Paper jam", bodies: ["Body"], buttons: BUTTONS }));
    const ended = await Promise.all(commands);
    expect(ended.map(({ code }) => code).sort()).toEqual([0, 9]);
    expect(sent(server)).toEqual([channel.id]);
    const [slower] = ended.filter(({ code }) => code === 9);
    expect(slower?.stdout).toContain("another client answered first");
  });

  it("ends with 3 when none came within the time", async () => {
    await using server = await LoopbackServer.start();
    server.messageBox("Toner low");
    expect((await run([...answer, "IDOK", "--timeout", "500ms", ...server.access])).code).toBe(3);
  });

  it.each([
    [["answer", "127.0.0.1", "--button", "IDOK"], "answer needs --match, to say which message box, and --button."],
    [["answer", "127.0.0.1", "--match", "title=a"], "answer needs --match, to say which message box, and --button."],
    [["answer", "127.0.0.1", "--match", "title=a", "--button", "OK"], "--button takes IDOK, IDCANCEL, an integer"],
    [["answer", "127.0.0.1", "--match", "titel=a", "--button", "IDOK"], '--match: there is no field "titel".'],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("panwatch watch --match", () => {
  it("counts, prints and answers only what matches; the rest is released", async () => {
    await using server = await LoopbackServer.start();
    server.messageBox("Toner low");
    server.messageBox("Paper jam");
    const args = ["watch", "127.0.0.1", "-o", "json", "--match", "title=/jam/", "-n", "1", "--reply", "button=IDOK"];
    const { code, stdout } = await run([...args, ...server.access]);
    expect(code).toBe(0);
    expect(titles(stdout)).toEqual(["Paper jam"]);
    expect(sent(server)).toEqual(["c2"]);
  });
});
