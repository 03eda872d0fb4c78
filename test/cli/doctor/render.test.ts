import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import type { AccessFinding, Finding, ResultFinding, StepFinding } from "../../../src/cli/doctor/findings.js";
import { JsonFindings } from "../../../src/cli/doctor/render/json.js";
import { PrettyFindings } from "../../../src/cli/doctor/render/pretty.js";
import { displayWidth } from "../../../src/cli/render/width.js";
import { FaultError, HresultError, UnreachableError } from "../../../src/errors.js";
import { ASYNC_UI } from "../../../src/pan/types.js";

const FOUND: StepFinding = {
  type: "step",
  step: "resolve",
  ok: true,
  ms: 3,
  finding: "192.0.2.5, fd00::5",
  details: { addresses: ["192.0.2.5", "fd00::5"] },
  error: null,
  advice: null,
};
const SKIPPED: StepFinding = { ...FOUND, step: "endpoint-map", ok: null, ms: null, finding: "left out", details: null };
const ERROR = new UnreachableError("connect", "192.0.2.5:49669 refused the connection", { hint: "check the port" });
const FAILED: StepFinding = {
  ...FOUND,
  step: "port",
  ok: false,
  ms: 10_200,
  finding: ERROR.message,
  details: null,
  error: ERROR,
  advice: {
    meaning: "Nothing takes connections there.",
    causes: ["The spooler has just been stopped or restarted: run this again.", "A firewall refuses the connection."],
    look: ["Get-Service Spooler"],
  },
};
const DENIED = new HresultError("IRPCAsyncNotify_RegisterClient", 0x80070005, "access denied", { hint: "Ask." });
const RESULT: ResultFinding = {
  type: "result",
  exitCode: 0,
  failedStep: null,
  registrations: null,
  error: null,
  interrupted: null,
  hint: "Silence is normal.",
};

function access(more: Partial<AccessFinding>): AccessFinding {
  const queue = more.scope === "printer" ? "印刷" : null;
  const cell = { scope: "server", queue, userFilter: "per-user", style: "uni", access: "ok", error: null } as const;
  return { type: "access", notificationType: ASYNC_UI, ...cell, ...more };
}

/** What the findings look like in a terminal of so many columns, without colour. */
function pretty(findings: readonly Finding[], options: { printer?: string; columns?: number; level?: 0 | 1 } = {}) {
  const { printer = null, columns = Infinity, level = 0 } = options;
  const place = { server: "printserver", printer };
  const text = new PrettyFindings({ place, chalk: new Chalk({ level }), columns: () => columns });
  return findings
    .map((finding) => text.text(finding))
    .filter((one) => one !== null)
    .join("\n");
}

describe("findings as text", () => {
  it("are lines with a sign, a word, a time and a finding, one below the other", () => {
    expect(pretty([FOUND, SKIPPED, { ...FOUND, step: "logon", ms: 1234, finding: "NTLM as alice" }])).toBe(
      [
        "✓ ok       name                 3 ms  192.0.2.5, fd00::5",
        "– skipped  endpoint map               left out",
        "✓ ok       bind and logon      1.2 s  NTLM as alice",
      ].join("\n"),
    );
  });

  it("explain the first failure", () => {
    expect(pretty([FAILED, { ...RESULT, exitCode: 6, failedStep: "port", error: ERROR, hint: "Trace it." }])).toBe(
      [
        "✗ failed   port               10.2 s  192.0.2.5:49669 refused the connection",
        "",
        "  Nothing takes connections there.",
        "",
        "  Likely causes:",
        "    1. The spooler has just been stopped or restarted: run this again.",
        "    2. A firewall refuses the connection.",
        "",
        "  What to look at:",
        "    - Get-Service Spooler",
        "",
        "Trace it.",
        "",
        "✗ failed at: port (exit code 6)",
      ].join("\n"),
    );
  });

  it("end with the table, aligned, each cell with a sign and a word", () => {
    const denied = { access: "denied", error: DENIED } as const;
    const findings = [
      access({}),
      access({ style: "bidi" }),
      access({ userFilter: "all-users", ...denied }),
      access({ userFilter: "all-users", style: "bidi", access: "denied", error: new FaultError(5, "no") }),
      access({ scope: "printer" }),
      access({ scope: "printer", style: "bidi", access: "error", error: ERROR }),
      access({ scope: "printer", userFilter: "all-users", access: "untried" }),
      RESULT,
    ];
    expect(pretty(findings, { printer: "印刷" })).toBe(
      [
        "",
        "What this account may watch (AsyncUI notifications):",
        "                           uni                        bidi",
        "  whole server  per-user   ✓ ok                       ✓ ok",
        "  whole server  all-users  ✗ denied (E_ACCESSDENIED)  ✗ denied (ERROR_ACCESS_DENIED (0x00000005))",
        "  printer 印刷  per-user   ✓ ok                       ✗ error (unreachable)",
        "  printer 印刷  all-users  – not tried                – not tried",
        "  all-users needs the right to administer the server or the printer",
        "",
        "Silence is normal.",
        "",
        "✓ everything works",
      ]
        .join("\n")
        .replace(/^\n/, ""),
    );
  });

  it.each([
    ["both", "itself and for a queue (印刷). MS-PAN does not promise", "watch printserver/* for that."],
    ["server", "for the server itself;", "not for the queue 印刷."],
    ["queue", "for a queue (印刷), not for the server itself:", "watch printserver/印刷, or printserver/*"],
  ] as const)("say what registering works for: %s", (registrations, ...texts) => {
    const text = pretty([access({}), access({ scope: "printer" }), { ...RESULT, registrations }]);
    for (const part of texts) expect(text).toContain(part);
  });

  it.each([
    [{ ...RESULT, exitCode: 130, interrupted: "SIGINT", hint: null }, "– interrupted: SIGINT (exit code 130)"],
    [{ ...RESULT, exitCode: 5, error: DENIED, hint: null }, "✗ access denied (exit code 5)"],
  ])("end with what came of it: %#", (result, line) => {
    expect(pretty([result])).toBe(line);
  });

  it("fit the terminal", () => {
    const long = "word ".repeat(60).trim();
    const advice = { meaning: long, causes: [long], look: [long] };
    const text = pretty(
      [
        { ...FAILED, finding: long, advice },
        { ...RESULT, hint: long },
      ],
      { columns: 72 },
    );
    const widths = text.split("\n").map(displayWidth);
    expect(Math.max(...widths)).toBeLessThanOrEqual(72);
    expect(text.split("\n")[1]).toMatch(/^ {38}word/);
  });

  it("hold nothing that a terminal would obey, whoever sent it", () => {
    const nasty = "\x1b]0;title\x07evil\x1b[31m\u202e\r\nline";
    const text = pretty(
      [
        { ...FAILED, finding: nasty, advice: { meaning: nasty, causes: [nasty], look: [nasty] } },
        access({ scope: "printer" }),
        { ...RESULT, exitCode: 1, error: new UnreachableError("connect", nasty), hint: nasty },
      ],
      { printer: nasty },
    );
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(text).toContain("evil line");
  });

  it("differ in colour only, where there is colour", () => {
    const findings = [FOUND, SKIPPED, FAILED, access({}), RESULT];
    const coloured = pretty(findings, { level: 1 });
    expect(coloured).toContain("\x1b[32m");
    expect(coloured.replace(/\x1b\[[0-9]+m/g, "")).toBe(pretty(findings));
  });
});

describe("findings as JSON lines", () => {
  const place = { server: "printserver", printer: null };
  const time = new Date("2026-11-21T14:30:00.250Z");
  const line = (finding: Finding): unknown => JSON.parse(new JsonFindings(place).line(finding, time));
  const envelope = {
    v: 1,
    time: "2026-11-21T14:30:00.250Z",
    seq: 1,
    server: "printserver",
    printer: null,
    registration: null,
    channel: null,
  };
  const noError = { code: null, hresult: null, name: null, message: null, hint: null };

  it("have the envelope of all lines and a field for everything", () => {
    expect(line(FOUND)).toEqual({
      ...envelope,
      type: "doctor.step",
      step: "resolve",
      ok: true,
      ms: 3,
      finding: "192.0.2.5, fd00::5",
      details: { addresses: ["192.0.2.5", "fd00::5"] },
      ...noError,
      meaning: null,
      causes: [],
      look: [],
    });
    const { meaning, causes, look } = FAILED.advice ?? {};
    expect(line(FAILED)).toEqual({
      ...envelope,
      type: "doctor.step",
      step: "port",
      ok: false,
      ms: 10_200,
      finding: ERROR.message,
      details: null,
      code: "unreachable",
      hresult: null,
      name: null,
      message: ERROR.message,
      hint: "check the port",
      meaning,
      causes,
      look,
    });
  });

  it("tell a cell of the table each", () => {
    expect(line(access({ userFilter: "all-users", access: "denied", error: DENIED }))).toEqual({
      ...envelope,
      type: "doctor.access",
      scope: "server",
      queue: null,
      userFilter: "all-users",
      style: "uni",
      notificationType: { guid: ASYNC_UI, name: "asyncui" },
      access: "denied",
      code: "hresult",
      hresult: "0x80070005",
      name: "E_ACCESSDENIED",
      message: "access denied",
      hint: "Ask.",
    });
  });

  it("end with the exit code", () => {
    const result = { ...envelope, type: "doctor.result", failedStep: null, registrations: null, interrupted: null };
    expect(line(RESULT)).toEqual({ ...result, ...noError, ok: true, exitCode: 0, hint: "Silence is normal." });
    expect(line({ ...RESULT, exitCode: 5, error: DENIED })).toMatchObject({
      ...result,
      ok: false,
      exitCode: 5,
      hint: "Ask.",
    });
  });

  it("count, never change the type of a field, and hold nothing that a terminal would obey", () => {
    const json = new JsonFindings({ server: "s\x9b", printer: "p\u202e" });
    const findings = [FOUND, SKIPPED, FAILED, access({}), access({ access: "error", error: ERROR }), RESULT];
    const lines = findings.map((finding) => json.line(finding));
    expect(lines.join("")).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
    const parsed = lines.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(parsed.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    const types = new Map<string, string>();
    for (const [name, value] of parsed.flatMap((one) => Object.entries(one))) {
      const type = Array.isArray(value) ? "array" : typeof value;
      if (value !== null) expect([name, types.get(name) ?? type]).toEqual([name, type]);
      if (value !== null) types.set(name, type);
    }
  });
});
