import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ASYNC_UI } from "../../src/pan/types.js";
import { Scripts } from "../cli/programs/scripts.js";
import { LoopbackServer } from "./support/print-server.js";
import { Panwatch, PANWATCH, type Line } from "./support/panwatch.js";
import { cleanEnvironment, run } from "./support/run.js";

function lines(stdout: string): Line[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

/** What a notification says, without when and where. */
function content({ time, seq, ...others }: Line): Line {
  expect([typeof time, typeof seq]).toEqual(["string", "number"]);
  return others;
}

const RULES = '[{"match":{"title":"/jam/"},"button":"IDCANCEL"},{"match":{"entrypoint":"ChooseTray"},"text":"Tray 2"}]';

describe("a recorded watch", () => {
  it("says the same when it is replayed, also what was not printed, and survives SIGKILL", async () => {
    await using server = await LoopbackServer.start();
    const file = server.path("recording.jsonl");
    const args = ["watch", "127.0.0.1", "-o", "json", "--record", file, "--kind", "messageBox"];
    await using watch = new Panwatch([...args, ...server.access]);
    await watch.count("registered", 3);
    server.balloon("Toner low");
    server.configuration("\\Printer.X:Y", 1);
    server.messageBox("Paper jam");
    await watch.line({ type: "notification.messageBox" });
    await watch.line({ type: "channel.released" });
    watch.kill("SIGKILL");
    await watch.exit();
    const recorded = lines(readFileSync(file, "utf8"));
    expect(recorded.map(({ type }) => type)).toEqual(expect.arrayContaining(["recording", "registered", "received"]));
    const { code, stdout } = await run(["replay", "-o", "json", file]);
    expect(code).toBe(0);
    const replayed = lines(stdout);
    expect(replayed.map(({ type }) => type).sort()).toEqual([
      "notification.balloon",
      "notification.messageBox",
      "notification.printerConfiguration",
    ]);
    const [box] = replayed.filter(({ type }) => type === "notification.messageBox");
    const [printed] = watch.ofType("notification.messageBox");
    expect(content({ ...box, id: "n" })).toEqual(content({ ...printed, id: "n" }));
    const only = await run(["replay", "-o", "json", "--match", "title=Toner low", file]);
    expect(lines(only.stdout)).toMatchObject([{ type: "notification.balloon", id: "n1" }]);
  });
});

describe("the files of --record and --trace", () => {
  it("may be what a shell gives: a pipe and /dev/stderr", () => {
    const folder = mkdtempSync(join(tmpdir(), "panwatch-record-"));
    const piped = join(folder, "piped");
    const watch = '"$0" "$1" watch 127.0.0.1 --port 1 -U alice --kerberos off';
    const script = `${watch} --record >(cat > "$2.part"; mv "$2.part" "$2") --trace /dev/stderr 2>> "$2.err"; while [ ! -e "$2" ]; do sleep 0.1; done`;
    const env = { ...cleanEnvironment(), PANWATCH_PASSWORD: "x" };
    spawnSync("bash", ["-c", script, process.execPath, PANWATCH, piped], { env });
    expect(lines(readFileSync(piped, "utf8"))).toMatchObject([{ type: "recording" }, { type: "error" }]);
    expect(readFileSync(`${piped}.err`, "utf8")).toContain('"type":"header"');
    rmSync(folder, { recursive: true });
  });
});

describe("panwatch replay --samples", () => {
  it("has every kind: good, in breach and unreadable", async () => {
    const { code, stdout } = await run(["replay", "--samples", "-o", "json"]);
    expect(code).toBe(0);
    const notifications = lines(stdout);
    const kinds = ["balloon", "messageBox", "customUi", "customData", "printerConfiguration", "unknown"];
    expect(new Set(notifications.map(({ type }) => type))).toEqual(
      new Set(kinds.map((kind) => `notification.${kind}`)),
    );
    const broken = notifications.filter(({ problem }) => problem !== null);
    expect(new Set(broken.map(({ type }) => type))).toEqual(new Set(kinds.map((kind) => `notification.${kind}`)));
    const unreadable = broken
      .filter(({ type }) => type === "notification.unknown")
      .map(({ data }) => JSON.stringify(data));
    for (const element of ["balloonUI", "messageBoxUI", "customUI", "customData", "Notification"])
      expect(unreadable).toContainEqual(
        expect.stringContaining(`<${element === "Notification" ? "b:" : ""}${element}`),
      );
  });

  it("tells what rules would answer, and nothing of a box in breach", async () => {
    await using server = await LoopbackServer.start();
    const rules = server.file("rules.json", RULES);
    const { stdout } = await run(["replay", "--samples", "-o", "json", "--reply", `rules=${rules}`]);
    const planned = lines(stdout).filter(({ type }) => type === "reply.planned");
    expect(planned).toMatchObject([
      { replyTo: "n4", via: "rules", button: { id: "IDCANCEL" }, text: null, channel: "c1" },
      { replyTo: "n7", via: "rules", button: null, text: "Tray 2", channel: "c3" },
    ]);
    const box = await run([
      "replay",
      "--samples",
      "-o",
      "json",
      "--match",
      "title=Too many buttons",
      "--reply",
      "button=IDOK",
    ]);
    expect(lines(box.stdout).map(({ type }) => type)).toEqual(["notification.messageBox"]);
  });

  it("does what docs/replay.md shows", () => {
    const page = readFileSync(new URL("../../docs/replay.md", import.meta.url), "utf8");
    const [, block = ""] = /^```sh\n(.*?)^```$/ms.exec(page) ?? [];
    expect(block).toContain("--assert planned.jsonl");
    using scripts = new Scripts();
    scripts.sh("panwatch", `exec ${process.execPath} ${PANWATCH} "$@"`);
    const env = { ...cleanEnvironment(), PATH: `${scripts.folder}:${process.env["PATH"]}` };
    const shell = spawnSync("sh", ["-e", "-c", block], { cwd: scripts.folder, env, encoding: "utf8" });
    expect([shell.status, shell.stderr]).toEqual([0, expect.any(String)]);
    expect(readFileSync(scripts.path("planned.jsonl"), "utf8")).toContain('"reply.planned"');
  });

  it("--assert compares the answers, also with the lines of an earlier replay", async () => {
    await using server = await LoopbackServer.start();
    const rules = server.file("rules.json", RULES);
    const command = ["replay", "--samples", "--reply", `rules=${rules}`];
    const { stdout } = await run([...command, "-o", "json"]);
    const planned = stdout.split("\n").filter((line) => line.includes('"reply.planned"'));
    const same = server.file("same.jsonl", planned.join("\n"));
    expect(await run([...command, "-q", "--assert", same])).toMatchObject({ code: 0 });
    const expected = [
      '{"replyTo":"n4","button":"IDOK"}',
      '{"replyTo":"n5","button":"3"}',
      '{"replyTo":"n9","skip":true}',
    ];
    const other = server.file("other.jsonl", expected.join("\n"));
    const { code, stderr } = await run([...command, "-q", "--assert", other]);
    expect(code).toBe(1);
    expect(stderr.split("\n").filter((line) => line.startsWith("panwatch: n"))).toEqual([
      "panwatch: n4: expected IDOK, got IDCANCEL.",
      "panwatch: n5: expected 3, got none.",
      "panwatch: n7: expected no answer, got the text Tray 2.",
    ]);
    const wrong = server.file("wrong.jsonl", '{"button":"IDOK"}');
    expect(await run([...command, "--assert", wrong])).toMatchObject({ code: 2 });
  });

  it("runs programs and hooks, and waits for them", async () => {
    await using server = await LoopbackServer.start();
    const program = server.file("program", "#!/bin/sh\nexec echo IDOK\n");
    const hook = server.file("hook", '#!/bin/sh\necho "$PANWATCH_EVENT_ID" >> "$0.out"\n');
    const choice = ["--kind", "messageBox", "--match", "title=Paper jam"];
    const { code, stdout } = await run([
      "replay",
      "--samples",
      ...choice,
      "-o",
      "json",
      "--reply",
      `exec=${program}`,
      "--",
      hook,
    ]);
    expect(code).toBe(0);
    // The program and the hook run side by side.
    const [first, ...others] = lines(stdout).map(({ type }) => String(type));
    expect([first, ...others.sort()]).toEqual(["notification.messageBox", "hook.finished", "reply.planned"]);
    expect(readFileSync(`${hook}.out`, "utf8")).toBe("n1\n");
  });

  it("tells again where notifications may be missing, and nothing else of what happened then", async () => {
    await using server = await LoopbackServer.start();
    const place = { v: 1, seq: 1, server: "print1", printer: null, registration: null, channel: null };
    const [from, to] = ["2026-11-21T13:00:00.000Z", "2026-11-21T13:05:00.000Z"];
    const gap = { ...place, type: "gap", time: to, from, to, mayHaveLost: true, cause: "connection" };
    const data = { text: "x", base64: null, bytes: 2 };
    const received = { ...place, type: "received", time: to, notificationType: ASYNC_UI, result: "0x0", data };
    const released = { ...place, type: "channel.released", time: to, by: "self", reason: null };
    const file = server.file(
      "gap.jsonl",
      [gap, released, received].map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
    const { stdout } = await run(["replay", "-o", "json", file]);
    expect(lines(stdout)).toMatchObject([gap, { type: "notification.unknown", time: to }]);
    expect((await run(["replay", file])).stdout).toContain("Back after 5 min, gap from");
  });

  it("begins at --since, ends at -n, and waits as --speed says", async () => {
    const shown = async (...args: string[]): Promise<unknown[]> =>
      lines((await run(["replay", "--samples", "-o", "json", ...args])).stdout).map(({ time }) => time);
    expect(await shown("--since", "2026-11-21T13:00:28Z", "-n", "2")).toEqual([
      "2026-11-21T13:00:28.000Z",
      "2026-11-21T13:00:30.000Z",
    ]);
    expect(await shown("--speed", "1000", "--since", "2026-11-21T13:00:46Z")).toHaveLength(2);
    expect(await shown("--speed", "1", "--since", "2026-11-21T13:00:48Z")).toHaveLength(1);
    await using slow = new Panwatch(["replay", "--samples", "-o", "json", "--speed", "0.001"]);
    await slow.line({ id: "n1" });
    slow.kill("SIGTERM");
    expect(await slow.exit()).toBe(143);
    expect(slow.lines).toHaveLength(1);
  });

  it.each([
    [["replay"], "replay takes the FILE of a recording, or --samples."],
    [["replay", "x", "--samples"], "replay takes the FILE of a recording, or --samples."],
    [["replay", "/nowhere/x"], "The recording /nowhere/x cannot be read: there is no such file or folder."],
    [["replay", "--samples", "--speed", "fast"], "--speed takes 0, 1 or another number"],
    [["replay", "--samples", "--since", "yesterday"], "--since takes a date and time"],
  ])("%j is wrong usage", async (args, message) => {
    const { code, stderr } = await run(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
