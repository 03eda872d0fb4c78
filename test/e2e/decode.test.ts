import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeUtf16 } from "../../src/bytes/utf16.js";
import { balloonDocument, customDataDocument, messageBoxDocument } from "../../src/print-server/documents/asyncui.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import { Scripts } from "../cli/programs/scripts.js";
import { LoopbackServer } from "./support/print-server.js";
import { Panwatch, PANWATCH, type Line } from "./support/panwatch.js";
import { cleanEnvironment, run } from "./support/run.js";

const BOX = Buffer.from(
  messageBoxDocument({
    title: "Paper jam",
    bodies: ["Tray 2"],
    buttons: ["IDOK", "IDCANCEL"].map((id) => ({ id, label: null })),
  }),
);
const RULES = '[{"match":{"title":"/jam/"},"button":"IDCANCEL"}]';

let scripts: Scripts;
beforeEach(() => {
  scripts = new Scripts();
});
afterEach(() => {
  scripts[Symbol.dispose]();
});

function lines(stdout: string): Line[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

/** What a notification says, without when it was seen and its number. */
function content({ time, seq, id, ...said }: Line): Line {
  expect([typeof time, typeof seq, typeof id]).toEqual(["string", "number", "string"]);
  return said;
}

describe("panwatch decode --reply", () => {
  it("tells what rules would answer to a saved box, and sends nothing", async () => {
    const box = scripts.file("box.xml", BOX);
    const rules = scripts.file("rules.json", RULES);
    const json = await run(["decode", box, "--reply", `rules=${rules}`, "-o", "json"]);
    expect(json.code).toBe(0);
    expect(lines(json.stdout)).toMatchObject([
      { type: "notification.messageBox", server: null, channel: null },
      { type: "reply.planned", server: null, replyTo: "n1", via: "rules", button: { id: "IDCANCEL" } },
    ]);
    const pretty = await run(["decode", box, "--reply", `rules=${rules}`]);
    expect(pretty.stdout).toMatch(/Message box n1 from .*box\.xml[^]*Cancel/);
  });

  it("gives a program the line that is printed, and tells what cannot be answered", async () => {
    const box = scripts.file("box.xml", BOX);
    const program = scripts.sh("answer", 'cat > "$0.in"; echo IDOK');
    const { stdout } = await run(["decode", box, "--reply", `exec=${program}`, "-o", "json"]);
    expect(lines(stdout)[1]).toMatchObject({ type: "reply.planned", button: { id: "IDOK" } });
    expect(readFileSync(`${program}.in`, "utf8")).toBe(`${stdout.split("\n")[0]}\n`);
    const missing = await run(["decode", box, "--reply", "button=7"]);
    expect(missing.stderr).toContain('The message box "Paper jam" has no button 7.');
  });
});

describe("panwatch decode --encoding", () => {
  it.each([
    ["hex", BOX.toString("base64"), "It is base64: leave out --encoding hex."],
    ["utf-16le", BOX.toString("hex"), "It is hex: leave out --encoding utf-16le."],
    ["utf-8", BOX, "It is utf-16le: leave out --encoding utf-8."],
    ["base64", BOX.toString("utf16le"), "It is utf-8: leave out --encoding base64."],
  ])("%s that is wrong says which would fit", async (encoding, saved, hint) => {
    const { code, stderr } = await run(["decode", "--encoding", encoding, scripts.file("saved", saved)]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(hint)]);
  });
});

describe("panwatch decode of lines", () => {
  it("says again what watch -o json, --record and --trace have told", async () => {
    await using server = await LoopbackServer.start();
    const [record, trace] = [server.path("record.jsonl"), server.path("trace.jsonl")];
    const kept = ["-o", "json", "--record", record, "--trace", trace, "--kerberos", "off", "-n", "5"];
    await using watch = new Panwatch(["watch", "127.0.0.1/HP4", ...kept, ...server.access]);
    await watch.count("registered", 3);
    server.balloon("Toner low");
    await watch.line({ type: "notification.balloon" });
    server.configuration("\\Printer.X:Y", 1);
    await watch.line({ type: "notification.printerConfiguration" });
    const custom = customDataDocument({ dll: "d", entrypoint: "e", bidi: false }, Uint8Array.of(0, 255));
    server.server.notify({ type: ASYNC_UI, data: custom });
    await watch.line({ type: "notification.customData" });
    server.server.notify({ type: ASYNC_UI, data: encodeUtf16("<nonsense/>") });
    await watch.line({ type: "notification.unknown" });
    server.messageBox("Paper jam");
    expect(await watch.exit()).toBe(0);
    const printed = watch.lines.filter(({ type }) => String(type).startsWith("notification."));

    const [fromLines, fromRecord, fromTrace] = await Promise.all([
      run(["decode", "-o", "json"], { input: watch.lines.map((line) => JSON.stringify(line)).join("\n") }),
      run(["decode", "-o", "json", record]),
      run(["decode", "-o", "json", trace, "--reply", "button=IDOK"]),
    ]);
    // One does not comply.
    for (const { code, stderr } of [fromLines, fromRecord, fromTrace])
      expect([code, stderr]).toEqual([1, expect.stringContaining("The notification does not comply: ")]);
    expect(lines(fromLines.stdout).map(content)).toEqual(printed.map(content));
    expect(lines(fromRecord.stdout).map(content)).toEqual(printed.map(content));
    const traced = lines(fromTrace.stdout);
    expect(traced.pop()).toMatchObject({ type: "reply.planned", replyTo: "n4", button: { id: "IDOK" } });
    // Of custom data a trace has the text, and only the first of its bytes.
    const whole = printed.filter(({ type }) => type !== "notification.customData");
    const nowhere = { server: null, printer: null, registration: null, channel: null };
    expect(traced.map(content)).toEqual(whole.map((line) => ({ ...content(line), ...nowhere })));
    expect(fromTrace.stderr).toContain("notifications that the trace does not hold as a whole: 1");
  });

  it("skips what cannot be read, and says so", async () => {
    const box = { v: 1, type: "notification.messageBox", time: "2026-11-21T13:00:00Z", title: "Jam" };
    const broken = await run(["decode"], { input: `${JSON.stringify(box)}\n{"v":1,"type":"heartbeat"}\n{"v":` });
    expect([broken.code, broken.stderr]).toEqual([
      1,
      expect.stringContaining("There is no notification in these lines."),
    ]);
    expect(broken.stderr).toContain("lines that could not be read and are skipped: 2");
  });

  it("leaves JSON that panwatch has not written to its type", async () => {
    const guid = "25df3b0e-74a9-47f5-80ce-79b4b1eb5c58";
    const { stdout } = await run(["decode", "--type", guid, "-o", "json"], { input: '{"v":1,"type":"received"}' });
    expect(lines(stdout)).toMatchObject([
      { type: "notification.unknown", data: { text: '{"v":1,"type":"received"}' } },
    ]);
  });
});

describe("panwatch decode --help", () => {
  it("shows examples that run", async () => {
    const { stdout: help } = await run(["decode", "--help"]);
    const examples = help.split("Examples:")[1]?.match(/^ +\w.*panwatch decode.*|^ +panwatch decode.*/gm) ?? [];
    expect(examples).toHaveLength(4);
    scripts.sh("panwatch", `exec ${process.execPath} ${PANWATCH} "$@"`);
    scripts.file("balloon.xml", balloonDocument({ title: "Toner low", bodies: ["Black"] }));
    scripts.file("box.xml", BOX);
    scripts.file("rules.json", RULES);
    const { stdout: kept } = await run(["replay", "--samples", "-o", "json", "--match", "title=Toner low"]);
    scripts.file("watch.jsonl", kept);
    const env = { ...cleanEnvironment(), PATH: `${scripts.folder}:${process.env["PATH"]}` };
    for (const example of examples) {
      const shell = spawnSync("sh", ["-e", "-c", example], { cwd: scripts.folder, env, encoding: "utf8" });
      expect([example, shell.status, shell.stderr]).toEqual([example, 0, ""]);
      expect(shell.stdout).toMatch(/Toner low|Cancel/);
    }
  });
});
