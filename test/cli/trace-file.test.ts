import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TraceFile } from "../../src/cli/trace-file.js";
import { UsageError } from "../../src/errors.js";
import { DEFAULT_CONNECTION } from "../../src/pan/defaults.js";
import { AT, BIND, pduTrace, type Fields } from "./trace/traces.js";
import { eventually } from "../support/eventually.js";

const SUBJECT = { args: ["watch", "server"], connection: DEFAULT_CONNECTION };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "panwatch-trace-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function open(file: string, failed: (text: string) => void = () => undefined): TraceFile {
  return new TraceFile({ file, subject: SUBJECT, failed });
}

function linesOf(file: string): Fields[] {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Fields);
}

describe("a trace file", () => {
  it("begins with what ran, where and how, and has a line for each PDU, note and event", async () => {
    const file = join(folder, "all.jsonl");
    const said: string[] = [];
    const trace = open(file);
    trace.tracer(pduTrace(BIND));
    trace.noting((text, level) => said.push(`${level}: ${text}`))("no ticket\x9b", "verbose");
    trace.line('{"type":"registered"}');
    await trace.close(6);
    const [header, ...others] = linesOf(file);
    expect(header).toMatchObject({
      v: 1,
      type: "header",
      panwatch: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      args: ["watch", "server"],
      connection: { epmPort: 135, level: "privacy", connectTimeoutMs: 10_000 },
      environment: { KRB5CCNAME: expect.toSatisfy((value) => value === null || typeof value === "string") as unknown },
    });
    expect(others).toMatchObject([
      { v: 1, type: "pdu", time: AT.toISOString(), pdu: "bind" },
      { v: 1, type: "note", level: "verbose", text: "no ticket\x9b" },
      { type: "registered" },
      { v: 1, type: "end", exitCode: 6 },
    ]);
    expect(said).toEqual(["verbose: no ticket\x9b"]);
    expect(readFileSync(file, "utf8")).not.toContain("\x9b");
  });

  it("is readable for its owner only, and a new run is appended", async () => {
    const file = join(folder, "private.jsonl");
    writeFileSync(file, '{"type":"old"}\n');
    chmodSync(file, 0o644);
    for (const run of [1, 2]) {
      await open(file).close(0);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(linesOf(file)).toHaveLength(1 + 2 * run);
    }
    expect(linesOf(file).map(({ type }) => type)).toEqual(["old", "header", "end", "header", "end"]);
  });

  it("is no symbolic link where others may write the folder, and may be one elsewhere", async () => {
    const [target, own, shared] = [join(folder, "target"), join(folder, "link"), join(folder, "shared")];
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    for (const link of [own, join(shared, "link")]) symlinkSync(target, link);
    expect(() => open(join(shared, "link"))).toThrow("is a symbolic link, in a folder where others could have put it");
    expect(existsSync(target)).toBe(false);
    await open(own).close(0);
    expect(linesOf(target)).toHaveLength(2);
  });

  it("that cannot be opened is wrong usage", () => {
    const file = join(folder, "no", "such");
    expect(() => open(file)).toThrow(UsageError);
    expect(() => open(folder)).toThrow("The file of --trace cannot be opened: it is a folder.");
    expect(existsSync(file)).toBe(false);
  });

  it("that cannot be written says so once, and lets everything else go on", async () => {
    const told: string[] = [];
    const trace = open("/dev/full", (text) => told.push(text));
    await eventually(() => expect(told).toHaveLength(1));
    for (let i = 0; i < 100; i += 1) trace.tracer(pduTrace(BIND));
    trace.line("{}");
    await trace.close(0);
    expect(told).toEqual(["the trace ends here: its file cannot be written: the disk is full"]);
  });

  it("drops what a slow disk does not take, and tells how many lines that were", async () => {
    const file = join(folder, "slow.jsonl");
    const trace = open(file);
    const line = JSON.stringify({ type: "large", text: "x".repeat(1 << 20) });
    for (let i = 0; i < 20; i += 1) trace.line(line);
    await setImmediate();
    await trace.close(0);
    const types = linesOf(file).map(({ type, lines }) => (type === "dropped" ? Number(lines) : type));
    const kept = types.filter((type) => type === "large").length;
    expect(types).toEqual(["header", ...Array<string>(kept).fill("large"), 20 - kept, "end"]);
    expect(kept).toBe(15);
  });
});
