import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Recorder } from "../../../src/cli/record/recorder.js";
import { readRecording, type Received } from "../../../src/cli/replay/recording.js";
import { ASYNC_UI } from "../../../src/pan/types.js";

const ORIGIN = { time: new Date(), server: "print1", printer: null, registration: "r2", channel: "c1" };

let folder: string;
let file: string;
let told: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "panwatch-record-"));
  file = join(folder, "recording.jsonl");
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function recorder(maxBytes = 1 << 20, path = file): Recorder {
  return new Recorder({ file: path, maxBytes, failed: (text) => told.push(text) });
}

async function replayed(path = file): Promise<Received[]> {
  const all: Received[] = [];
  const lines = readRecording(path, new AbortController().signal, (text) => told.push(text));
  for await (const recorded of lines) if ("raw" in recorded) all.push(recorded);
  return all;
}

describe("a recording", () => {
  it("keeps the bytes as they came, and is readable for its owner only", async () => {
    using made = recorder();
    const raw = { type: ASYNC_UI, data: Uint8Array.of(60, 0, 0xd8, 0xff, 0), result: 0x00040005 };
    made.received(ORIGIN, raw);
    made.line('{"type":"channel.opened"}');
    const [received, ...others] = await replayed();
    expect([received?.raw, others]).toEqual([raw, []]);
    expect({ ...received?.origin, time: null }).toEqual({ ...ORIGIN, time: null });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("ends a line that a crash has cut before it goes on", async () => {
    const raw = { type: ASYNC_UI, data: Uint8Array.of(1, 2), result: 0 };
    recorder().received(ORIGIN, raw);
    const whole = readFileSync(file, "utf8");
    writeFileSync(file, whole + whole.slice(0, -20));
    recorder().received(ORIGIN, raw);
    expect(await replayed()).toHaveLength(2);
    expect(readFileSync(file, "utf8").match(/^\{"v":1,"type":"recording".*\}$/gm)).toHaveLength(3);
    expect(told).toEqual([`line 4 of ${file} is no line of a recording, and is skipped`]);
  });

  it("begins a new file when one is full, and keeps five old ones; no line is lost or cut", () => {
    using made = recorder(2000);
    const lines = Array.from({ length: 100 }, (_, i) => JSON.stringify({ type: "line", i, text: "x".repeat(80) }));
    for (const line of lines) made.line(line);
    const names = readdirSync(folder).sort();
    expect(names).toEqual(["recording.jsonl", ...[1, 2, 3, 4, 5].map((number) => `recording.jsonl.${number}`)]);
    const kept = [5, 4, 3, 2, 1, 0].flatMap((number) => {
      const content = readFileSync(number === 0 ? file : `${file}.${number}`, "utf8");
      expect(content.length).toBeLessThan(2000 + 200);
      const [header, ...others] = content.trimEnd().split("\n");
      expect(JSON.parse(header ?? "")).toMatchObject({ v: 1, type: "recording" });
      return others;
    });
    expect(kept).toEqual(lines.slice(-kept.length));
    expect(statSync(`${file}.5`).mode & 0o777).toBe(0o600);
  });

  it("that cannot be written says so once", () => {
    using made = recorder(1000, "/dev/full");
    for (let i = 0; i < 10; i++) made.line("{}");
    expect(told).toEqual(["the recording ends here: its file cannot be written: the disk is full"]);
  });

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["no type", "{}"],
    [
      "a gap without its end",
      '{"type":"gap","time":"2026-11-21T13:00:00Z","server":"s","from":"2026-11-21T13:00:00Z"}',
    ],
    ["no bytes", '{"type":"received","time":"2026-11-21T13:00:00Z","server":"s","notificationType":"x","data":{}}'],
  ])("with a line that is %s goes on", async (_what, line) => {
    recorder().received(ORIGIN, { type: ASYNC_UI, data: Uint8Array.of(1), result: 0 });
    writeFileSync(file, `${line}\n${readFileSync(file, "utf8")}`);
    expect(await replayed()).toHaveLength(1);
    expect(told).toHaveLength(1);
  });

  it("without a notification, or that is not there, is wrong usage", async () => {
    writeFileSync(file, '{"type":"recording"}\n');
    await expect(replayed()).rejects.toThrow("holds no recorded notification");
    await expect(replayed(join(folder, "none"))).rejects.toThrow("cannot be read: there is no such file");
  });
});
