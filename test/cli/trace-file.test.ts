import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTraceFile, traceLine } from "../../src/cli/trace-file.js";
import { UsageError } from "../../src/errors.js";
import type { PduTrace } from "../../src/rpc/tracer.js";

const TRACE: PduTrace = {
  direction: "sent",
  connection: "1",
  peer: "192.0.2.1:49152",
  at: new Date("2026-11-21T14:30:00.250Z"),
  pdu: { type: "request", flags: 3, callId: 7, allocHint: 3, contextId: 0, opnum: 1, object: null, auth: null },
  length: 27,
  stub: Uint8Array.of(1, 2, 255),
  problem: null,
} as PduTrace;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "panwatch-trace-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("a trace", () => {
  it("has a line for each PDU, with its fields and its stub", () => {
    expect(JSON.parse(traceLine(TRACE))).toMatchObject({
      time: "2026-11-21T14:30:00.250Z",
      direction: "sent",
      connection: "1",
      peer: "192.0.2.1:49152",
      pdu: { type: "request", callId: 7, opnum: 1 },
      stub: "0102ff",
      stubLength: 3,
      problem: null,
    });
  });

  it("shows the beginning of a large stub", () => {
    const line = JSON.parse(traceLine({ ...TRACE, stub: new Uint8Array(1 << 20) })) as { stub: string };
    expect(line).toMatchObject({ stubLength: 1 << 20 });
    expect(line.stub).toHaveLength(2 * 64 * 1024);
  });

  it("is written to a file that only its owner can read", async () => {
    const name = join(folder, "trace.jsonl");
    const file = openTraceFile(name, () => undefined);
    file.trace(TRACE);
    file.trace(TRACE);
    await file.close();
    expect(readFileSync(name, "utf8").trimEnd().split("\n")).toEqual([traceLine(TRACE), traceLine(TRACE)]);
    expect(statSync(name).mode & 0o777).toBe(0o600);
  });

  it("that cannot be opened is wrong usage; one that breaks later is told once", async () => {
    expect(() => openTraceFile(join(folder, "no", "such"), () => undefined)).toThrow(UsageError);
    const told: string[] = [];
    const full = openTraceFile("/dev/full", (text) => told.push(text));
    for (let i = 0; i < 100; i += 1) full.trace(TRACE);
    await full.close();
    expect(told).toEqual([expect.stringContaining("ENOSPC")]);
  });
});
