import { PassThrough } from "node:stream";
import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../../src/cli/diagnostics.js";
import { LineOutput, type DroppedLines } from "../../../src/cli/output.js";
import { JsonLines } from "../../../src/cli/render/json.js";
import { PrettyText } from "../../../src/cli/render/pretty/pretty.js";
import { describeGap, EventPrinter, type EventPrinterOptions } from "../../../src/cli/watch/event-printer.js";
import type { WatchEvent } from "../../../src/watch/events.js";
import { EVENTS, NOTIFICATIONS, notified, TIME } from "../render/events.js";

const prettyText = (): PrettyText =>
  new PrettyText({ chalk: new Chalk({ level: 0 }), columns: () => 80, answerCommand: null }, TIME);

/** The types of events that are printed on stdout and on stderr. */
async function printed(options: Partial<EventPrinterOptions> & { people: boolean }) {
  const seen: Record<"stdout" | "stderr", string[]> = { stdout: [], stderr: [] };
  for (const [name, event] of Object.entries({ ...EVENTS, notification: notified(NOTIFICATIONS.customUi) })) {
    const { stdout, stderr } = await print(event, options);
    if (stdout !== "") seen.stdout.push(name);
    if (stderr !== "") seen.stderr.push(name);
  }
  return seen;
}

async function print(event: WatchEvent, { people, ...options }: Partial<EventPrinterOptions> & { people: boolean }) {
  const [stdout, stderr] = [new PassThrough({ encoding: "utf8" }), new PassThrough({ encoding: "utf8" })];
  const output = new LineOutput(stdout);
  const printer = new EventPrinter({
    output,
    diagnostics: new Diagnostics(stderr, options.verbosity ?? 0),
    json: new JsonLines(() => 0),
    texts: people ? { stdout: prettyText(), stderr: prettyText() } : null,
    quiet: false,
    verbosity: 0,
    manyTargets: false,
    ...options,
  });
  printer.print(event, null);
  await output.flush();
  const read = (stream: PassThrough): string => String(stream.read() ?? "");
  return { stdout: read(stdout), stderr: read(stderr) };
}

describe("where events are printed", () => {
  it("as JSON lines: all on stdout, errors in words on stderr", async () => {
    const { stdout, stderr } = await printed({ people: false });
    expect(stdout).toEqual([...Object.keys(EVENTS), "notification"]);
    expect(stderr).toEqual(["failed"]);
  });

  it("for people: what came and was answered on stdout, how it goes on stderr", async () => {
    expect(await printed({ people: true })).toEqual({
      stdout: ["acquired", "sent", "rejected", "planned", "gap", "notification"],
      stderr: ["reconnecting", "failed"],
    });
  });

  it("for people with -q and with -v", async () => {
    expect((await printed({ people: true, quiet: true })).stderr).toEqual(["failed"]);
    const verbose = await printed({ people: true, verbosity: 1 });
    expect(verbose.stdout).toEqual([
      "opened",
      "acquired",
      "released",
      "sent",
      "rejected",
      "planned",
      "gap",
      "notification",
    ]);
    expect(verbose.stderr).toEqual([
      "registered",
      "hook",
      "hookDone",
      "hookKilled",
      "reconnecting",
      "failed",
      "unregistered",
    ]);
  });

  it("a lost connection is one line, on stderr too, and later attempts are told with -v only", async () => {
    const lost = { ...EVENTS.reconnecting, registration: null, attempt: 1 } as WatchEvent;
    const later = { ...lost, attempt: 2 } as WatchEvent;
    expect((await print(lost, { people: true })).stderr).toContain("No connection; trying again in 2.1 s");
    expect((await print(lost, { people: true, quiet: true })).stderr).toBe("");
    expect(await print(later, { people: false })).toMatchObject({ stdout: "", stderr: "" });
    expect((await print(later, { people: true })).stderr).toBe("");
    expect((await print(later, { people: true, verbosity: 1 })).stderr).toContain("attempt 2");
  });

  it("errors say which TARGET they are about where there are several", async () => {
    const hint = "Ask the administrator of the print server.\n";
    expect((await print(EVENTS.failed, { people: false })).stderr).toBe(`panwatch: access denied. ${hint}`);
    expect((await print(EVENTS.failed, { people: true, manyTargets: true })).stderr).toBe(
      `panwatch: HP4 on printsrv: access denied. ${hint}`,
    );
  });
});

describe("the line in place of lines that were not taken", () => {
  const dropped = (...about: string[]): DroppedLines => ({
    count: 12,
    from: TIME,
    to: new Date(TIME.getTime() + 5000),
    about: new Set(about),
  });
  const [hp4, other] = ['["printsrv","HP4"]', '["other",null]'];

  it("is a gap of the only TARGET", () => {
    expect(JSON.parse(describeGap(dropped(hp4), new JsonLines(() => 0), null))).toMatchObject({
      type: "gap",
      seq: 1,
      server: "printsrv",
      printer: "HP4",
      registration: null,
      from: "2026-11-21T14:30:00.250Z",
      to: "2026-11-21T14:30:05.250Z",
      mayHaveLost: true,
    });
  });

  it("is a gap of none in particular where there were several", () => {
    expect(JSON.parse(describeGap(dropped(hp4, other), new JsonLines(() => 0), null))).toMatchObject({
      server: null,
      printer: null,
    });
  });

  it("tells people how much it was", () => {
    process.env["TZ"] = "UTC";
    const told = describeGap(dropped(hp4), new JsonLines(() => 0), prettyText());
    // It is broken between words where the terminal ends.
    expect(told.replace(/\s+/g, " ")).toMatch(
      /Gap from 14:30:00 to 14:30:05: notifications may have been missed \(HP4 on printsrv\) \(12 entries were not taken by the reader of stdout\)$/,
    );
  });
});
