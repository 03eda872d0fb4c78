import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Scripts } from "../cli/programs/scripts.js";
import { Panwatch, Server } from "./support/panwatch.js";
import {
  ACCEPTED,
  buttonDocument,
  course,
  CUSTOM_DATA,
  CUSTOM_UI,
  expectReleased,
  IN_BREACH,
  PAPER_JAM,
  replyLine,
  sentDocument,
  stable,
  textDocument,
} from "./support/replies.js";

let server: Server;
beforeAll(async () => {
  server = await Server.start();
});
afterEach(async () => {
  await server.reset();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const OK = { id: "IDOK", replyValue: 1, label: "OK" };
const CANCEL = { id: "IDCANCEL", replyValue: 2, label: "Cancel" };
const RETRY = { id: "3", replyValue: 3, label: "Retry" };

/** Expects that the message box or custom UI was answered, by the JSON lines, the exit code and what the server got. */
async function expectAnswered(watch: Panwatch, via: string, reply: object, document: string): Promise<void> {
  expect(await watch.exit()).toBe(0);
  const [notification = {}] = watch.lines.filter(({ type }) => String(type).startsWith("notification."));
  const [sent = {}, ...others] = watch.lines.filter(({ type }) => String(type).startsWith("reply."));
  expect(stable(sent)).toEqual(replyLine(notification, { type: "reply.sent", via, result: ACCEPTED, ...reply }));
  expect(others).toEqual([]);
  expect(course(watch)).toEqual(["channel.opened server", notification["type"], "reply.sent", "channel.closed self"]);
  const replied = await server.panwatch.line({ type: "client.replied" });
  expect(replied).toMatchObject({ via: "CloseChannel", problem: null });
  expect(sentDocument(replied)).toBe(document);
}

describe("without --reply", () => {
  it("a message box is told with its buttons and released without an answer ([MS-PAN] 3.1.1.4.6)", async () => {
    await using watch = await server.watch("-n", "1");
    await server.tell(PAPER_JAM);
    const box = await watch.line({ type: "notification.messageBox" });
    expect(box["buttons"]).toEqual([OK, CANCEL, RETRY].map((button, index) => ({ index: index + 1, ...button })));
    expect(await watch.exit()).toBe(0);
    expect(course(watch)).toEqual(["channel.opened server", "notification.messageBox", "channel.released self"]);
    await expectReleased(server, watch);
  });

  it("what breaks a rule is told with it, its hook hears of it, and nothing ever answers it ([MS-PAN] 3.2.3.4.2)", async () => {
    const hook = ["sh", "-c", 'echo "$PANWATCH_EVENT_PROBLEM" >&2'];
    await using watch = await server.watch("-n", "1", "--reply", "button=IDOK", "--", ...hook);
    await server.tell(IN_BREACH);
    const problem = 'element "slider" cannot stand in "messageBoxUI" ([MS-PAN] 2.2.7.3.4)';
    expect(await watch.line({ type: "notification.messageBox" })).toMatchObject({ title: "Paper jam", problem });
    expect(await watch.exit()).toBe(0);
    const channel = course(watch).filter((step) => step !== "hook.finished");
    expect(channel).toEqual(["channel.opened server", "notification.messageBox", "channel.released self"]);
    expect(watch.stderr).toContain(problem);
    await expectReleased(server, watch);
  });

  it("bidirectional custom UI and data are released too ([MS-PAN] 3.2.3.4.3, 3.2.3.4.4)", async () => {
    await using watch = await server.watch("-n", "2");
    await server.tell(CUSTOM_UI);
    await server.tell(CUSTOM_DATA);
    expect(await watch.exit()).toBe(0);
    expect(course(watch)).toEqual(["channel.opened server", "notification.customUi", "channel.released self"]);
    expect(course(watch, "c2")).toEqual(["channel.opened server", "notification.customData", "channel.released self"]);
    await server.panwatch.count("client.released", 2);
    expect(server.panwatch.ofType("client.replied")).toEqual([]);
  });
});

describe("--reply button=", () => {
  it.each([
    ["IDOK", OK],
    ["IDCANCEL", CANCEL],
    ["=Cancel", CANCEL],
    ["3", RETRY],
    ["=Retry", RETRY],
  ])("%s presses that button ([MS-PAN] 2.2.7.4.1)", async (choice, button) => {
    await using watch = await server.watch("-n", "1", "--reply", `button=${choice}`);
    await server.tell(PAPER_JAM);
    await expectAnswered(watch, "button", { button }, buttonDocument(button.replyValue));
  });

  it("=Label knows the labels that a string table has", async () => {
    using scripts = new Scripts();
    const tables = scripts.file("tables.json", JSON.stringify({ "IHV.dll": { "102": "Try again" } }));
    await using watch = await server.watch("-n", "1", "--reply", "button==Try again", "--resources", tables);
    await server.tell({ ...PAPER_JAM, buttons: ["IDOK", { id: "7", stringId: 102, dll: "IHV.dll" }] });
    const button = { id: "7", replyValue: 7, label: "Try again" };
    await expectAnswered(watch, "button", { button }, buttonDocument(7));
  });

  it.each([
    ["warn", 0],
    ["fail", 9],
  ])("is an error where there is no such button, and the box is released (--reply-errors %s)", async (errors, code) => {
    await using watch = await server.watch("-n", "1", "--reply", "button=9", "--reply-errors", errors);
    await server.tell(PAPER_JAM);
    const error = await watch.line({ type: "error" });
    const message = 'The message box "Paper jam" has no button 9.';
    expect(error).toMatchObject({ code: "reply", hresult: null, message, stage: "reply", fatal: false });
    expect(await watch.exit()).toBe(code);
    await expectReleased(server, watch);
  });

  it("does not answer custom UI", async () => {
    await using watch = await server.watch("-n", "1", "--reply", "button=IDOK");
    await server.tell(CUSTOM_UI);
    expect(await watch.exit()).toBe(0);
    expect(watch.ofType("error")).toEqual([]);
    await expectReleased(server, watch);
  });

  it.each(["button=OK", "button=", "rules=/nowhere/rules.json", "exec=", "yes"])(
    "--reply %s is refused before anything is connected",
    async (reply) => {
      await using watch = new Panwatch(["watch", "nobody.invalid", "--reply", reply, "-o", "json"]);
      expect(await watch.exit()).toBe(2);
      expect(watch.stderr).toContain("panwatch: ");
    },
  );
});

describe("--reply rules=", () => {
  const RULES = [
    { match: { type: "notification.messageBox", title: "/toner/i" }, skip: true },
    { match: { title: "Paper jam", body: "/^Remove/" }, button: "=Cancel" },
    { match: { dll: "vendor.dll", entrypoint: "AskUser" }, text: "tray <2> & no other\r\n✓" },
    { match: { type: "notification.customData" }, text: "" },
  ];

  async function watchByRules(...args: readonly string[]): Promise<Panwatch> {
    using scripts = new Scripts();
    const file = scripts.file("rules.json", JSON.stringify(RULES));
    return await server.watch("--reply", `rules=${file}`, ...args);
  }

  it("presses the button of the first rule that matches", async () => {
    await using watch = await watchByRules("-n", "1");
    await server.tell(PAPER_JAM);
    await expectAnswered(watch, "rules", { button: CANCEL }, buttonDocument(2));
  });

  it("answers a driver's entry point with a text ([MS-PAN] 2.2.7.6)", async () => {
    await using watch = await watchByRules("-n", "1");
    await server.tell(CUSTOM_UI);
    const document = textDocument("tray &lt;2&gt; &amp; no other&#13;\n✓");
    await expectAnswered(watch, "rules", { text: "tray <2> & no other\r\n✓" }, document);
    await server.panwatch.line({ type: "client.replied", text: "tray <2> & no other\r\n✓" });
  });

  it("answers custom data with a text ([MS-PAN] 3.2.3.4.4)", async () => {
    await using watch = await watchByRules("-n", "1");
    await server.tell(CUSTOM_DATA);
    await expectAnswered(watch, "rules", { text: "" }, textDocument(""));
  });

  it.each(["Toner low", "Something else"])("releases where a rule skips or none matches: %s", async (title) => {
    await using watch = await watchByRules("-n", "1");
    await server.tell({ ...PAPER_JAM, title });
    expect(await watch.exit()).toBe(0);
    expect(watch.ofType("error")).toEqual([]);
    await expectReleased(server, watch);
  });
});

describe("--reply exec=", () => {
  it.each([
    ["echo IDOK", OK],
    ["echo 3", RETRY],
    ["echo =Cancel", CANCEL],
    [`echo '{"button":"IDCANCEL"}'`, CANCEL],
  ])("presses the button that a program names: %s", async (script, button) => {
    using scripts = new Scripts();
    await using watch = await server.watch("-n", "1", "--reply", `exec=${scripts.sh("answer", script)}`);
    await server.tell(PAPER_JAM);
    await expectAnswered(watch, "exec", { button }, buttonDocument(button.replyValue));
  });

  it("gives a program the line that was printed, and sends the text it answers with", async () => {
    using scripts = new Scripts();
    const program = scripts.node(
      "answer",
      `const line = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
       require("node:fs").writeFileSync(${JSON.stringify(scripts.path("line"))}, JSON.stringify(line));
       console.log(JSON.stringify({ text: line.text + " " + process.env.PANWATCH_EVENT_TYPE }));`,
    );
    await using watch = await server.watch("-n", "1", "--reply", `exec=${program}`);
    await server.tell(CUSTOM_UI);
    const text = "Which tray? notification.customUi";
    await expectAnswered(watch, "exec", { text }, textDocument(text));
    expect(JSON.parse(readFileSync(scripts.path("line"), "utf8"))).toEqual(watch.ofType("notification.customUi")[0]);
  });

  it("releases what a program skips", async () => {
    using scripts = new Scripts();
    await using watch = await server.watch("-n", "1", "--reply", `exec=${scripts.sh("answer", "echo skip")}`);
    await server.tell(PAPER_JAM);
    expect(await watch.exit()).toBe(0);
    expect(watch.ofType("error")).toEqual([]);
    await expectReleased(server, watch);
  });

  it.each([
    ["that crashes", "kill -SEGV $$", "was ended by SIGSEGV"],
    ["that fails", "echo IDOK; exit 3", "ended with exit status 3"],
    ["that prints garbage", "head -c 1000 /dev/urandom", "gave no answer: "],
    ["that prints 100 MiB", "head -c 104857600 /dev/zero", "gave no answer: it printed a line of more than 64 KiB"],
    ["that takes too long", "sleep 600; echo IDOK", "had not ended after 500 ms and was stopped"],
    ["that ignores SIGTERM", "trap '' TERM; while :; do sleep 600; done", "had not ended after 500 ms and was stopped"],
  ])("sends nothing for a program %s, and goes on", async (_what, script, problem) => {
    using scripts = new Scripts();
    const program = scripts.sh("program", script);
    const timeout = problem.includes("500 ms") ? "500ms" : "20s";
    await using watch = await server.watch("-n", "2", "--reply", `exec=${program}`, "--reply-timeout", timeout);
    await server.tell(PAPER_JAM);
    const error = await watch.line({ type: "error" });
    expect(error).toMatchObject({ code: "program", hresult: null, stage: "reply", fatal: false });
    expect(error["message"]).toContain(`The reply program program ${problem}`);
    await expectReleased(server, watch);
    await server.tell({ notify: "balloon", title: "still here" });
    expect(await watch.exit()).toBe(0);
    expect(watch.ofType("error")).toHaveLength(1);
  });

  it("sends nothing that XML cannot carry, and nothing that is too large ([MS-PAN] 3.1.1.4.6)", async () => {
    using scripts = new Scripts();
    const text = `process.env.PANWATCH_EVENT_ID === "n1" ? "bell \\u0007" : "x".repeat(0x00500000)`;
    const program = scripts.node("program", `process.stdout.write(JSON.stringify({ text: ${text} }))`);
    await using watch = await server.watch("-n", "2", "--reply", `exec=${program}`);
    await server.tell(CUSTOM_UI);
    await server.tell(CUSTOM_UI);
    expect(await watch.exit()).toBe(0);
    for (const problem of ["The reply holds the character U+0007", "The reply of 10486104 bytes"]) {
      const error = await watch.line(({ message }) => String(message).startsWith(problem));
      expect(error).toMatchObject({ type: "error", code: "reply", hresult: null, stage: "reply", fatal: false });
    }
    await server.panwatch.count("client.released", 2);
    expect(server.panwatch.ofType("client.replied")).toEqual([]);
  });
});

describe("--dry-run", () => {
  it("tells what would be answered, and releases", async () => {
    await using watch = await server.watch("-n", "1", "--reply", "button=IDOK", "--dry-run");
    await server.tell(PAPER_JAM);
    expect(await watch.exit()).toBe(0);
    const [box = {}] = watch.ofType("notification.messageBox");
    const [planned = {}] = watch.ofType("reply.planned");
    expect(stable(planned)).toEqual(replyLine(box, { type: "reply.planned", via: "button", button: OK, result: null }));
    expect(course(watch)).toEqual([
      "channel.opened server",
      "notification.messageBox",
      "reply.planned",
      "channel.released self",
    ]);
    await expectReleased(server, watch);
  });
});
