import { existsSync, readFileSync, statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LoopbackServer, NOTHING_LEFT } from "./support/print-server.js";
import { run } from "./support/run.js";

let print: LoopbackServer;
beforeEach(async () => {
  print = await LoopbackServer.start({ printers: ["Anna's HP4"] });
});
afterEach(async () => {
  await print[Symbol.asyncDispose]();
});

interface Line {
  readonly type: string;
  readonly probe?: string;
  readonly ok?: boolean | null;
}

function diagnose(...args: string[]): ReturnType<typeof run> {
  return run(["doctor", "localhost", "--target-ip", "127.0.0.1", ...print.access, "--kerberos", "off", ...args]);
}

const probesOf = (stdout: string): Line[] =>
  stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Line).filter(({ type }) => type === "doctor.probe"); // prettier-ignore

describe("doctor --probe", () => {
  it("tries every variant, says what worked, and leaves the server clean", async () => {
    const { code, stdout, stderr } = await diagnose("--probe", "-o", "json");
    expect([code, stderr]).toEqual([0, ""]);
    expect(probesOf(stdout).map(({ probe, ok }) => [probe, ok])).toEqual([
      ["endpoint mapper without a logon", true],
      ["IPv4", true],
      ["IPv6", null],
      ["NDR alone", true],
      ["NDR64 alone", true],
      ["no multiplexing", true],
      ["AsyncUI, uni, the server itself", true],
      ["AsyncUI, bidi, the server itself", true],
      ["PrinterConfiguration, uni, the server itself", true],
      ["AsyncUI, uni, the queue Anna's HP4", true],
      ["AsyncUI, bidi, the queue Anna's HP4", true],
      ["PrinterConfiguration, uni, the queue Anna's HP4", true],
      ["queues by IRemoteWinspool", true],
      ["queues by winspool", true],
      ["endpoint mapper with a logon", expect.any(Boolean)],
    ]);
    expect(await print.left()).toEqual(NOTHING_LEFT);
  });

  it("tries none where the logon is refused: the server sees one", async () => {
    const { code, stdout } = await diagnose("--probe", "-o", "json", "--password-file", print.file("wrong", "wrong\n"));
    expect(code).toBe(4);
    expect(probesOf(stdout)).toEqual([]);
    expect(print.events.filter(({ type }) => type === "client.logonFailed")).toHaveLength(1);
  });
});

describe("doctor --report", () => {
  it("writes all findings for its owner alone, without names of people, printers and hosts, and without secrets", async () => {
    const file = print.path("report.json");
    const { code, stderr } = await diagnose("--probe", "--report", file);
    expect(code).toBe(0);
    expect(stderr).toContain(`the report is in ${file}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, "utf8");
    for (const name of ["alice", "localhost", "Anna", "127.0.0", "Pa55word"]) expect(text).not.toContain(name);
    const report = JSON.parse(text) as { type: string; options: string[]; findings: (Line & { finding: string })[] };
    expect(report.type).toBe("doctor.report");
    expect(report.options).toContain("--password-file");
    const types = report.findings.map(({ type }) => type);
    expect([types.filter((type) => type === "doctor.probe").length, types.at(-1)]).toEqual([15, "doctor.result"]);
    expect(report.findings[6]?.finding).toBe("1 shared: printer1");
    expect(text).toContain("NTLM as user1, privacy, ndr64");
  });

  it("is written of a failed diagnosis too", async () => {
    const file = print.path("report.json");
    const { code } = await diagnose("--report", file, "--password-file", print.file("wrong", "wrong\n"));
    expect(code).toBe(4);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ type: "doctor.report" });
  });

  it("is refused before anything is connected where its file cannot be written", async () => {
    const ended = await diagnose("--report", print.path("no/such/folder/report.json"));
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(print.events).toEqual([]);
    expect(existsSync(print.path("no"))).toBe(false);
  });
});
