import { describe, expect, it } from "vitest";
import { Verdict } from "../../../src/cli/watch/verdict.js";
import { AuthenticationError, HresultError, UnreachableError } from "../../../src/errors.js";
import type { WatchEvent } from "../../../src/watch/events.js";
import { EVENTS } from "../render/events.js";

const OVER = { error: null };

function verdict(
  events: WatchEvent[] = [],
  hooks: "fine" | "warn" | "fail" = "fine",
  replyErrors: "warn" | "fail" = "warn",
): Verdict {
  const made = new Verdict({
    replyErrors,
    hookErrors: hooks === "fail" ? "fail" : "warn",
    hookHasFailed: () => hooks !== "fine",
  });
  for (const event of events) made.see(event);
  return made;
}

describe("what was missing when the time was over", () => {
  const limits = { count: 1, timeoutMs: 10_000, durationMs: null };

  it("names how many came, and how many others took before they were seen", () => {
    const { registered, acquired } = EVENTS;
    expect(verdict([registered]).missing("timeout", limits)).toBe("--timeout 10 s is over: 0 of 1 notifications came");
    expect(verdict([registered, acquired]).missing("timeout", limits)).toContain("came; others were faster with 1");
    expect(verdict([]).missing("timeout", limits)).toContain("nothing was registered: no server has answered yet");
  });
});

describe("the exit code", () => {
  it("of a reached count is 0, 9 after a rejected reply, 10 after a failed hook that counts", () => {
    const over = { ...OVER, reason: "count" };
    expect(verdict().exitCode(over)).toBe(0);
    expect(verdict([EVENTS.sent, EVENTS.planned]).exitCode(over)).toBe(0);
    expect(verdict([EVENTS.rejected]).exitCode(over)).toBe(9);
    expect(verdict([], "warn").exitCode(over)).toBe(0);
    expect(verdict([], "fail").exitCode(over)).toBe(10);
    expect(verdict([EVENTS.rejected], "fail").exitCode(over)).toBe(9);
  });

  it("of a reached count is 9 under --reply-errors fail when no reply could be given", () => {
    const over = { ...OVER, reason: "count" };
    const noSuchButton = { ...EVENTS.failed, stage: "reply" } as WatchEvent;
    expect(verdict([noSuchButton]).exitCode(over)).toBe(0);
    expect(verdict([noSuchButton], "fine", "fail").exitCode(over)).toBe(9);
    expect(verdict([EVENTS.failed], "fine", "fail").exitCode(over)).toBe(0);
  });

  it("of a passed duration is 0 once it was registered, else 6, or 8 for a limit of the server", () => {
    const over = { ...OVER, reason: "duration" };
    const limit = { ...EVENTS.failed, hresult: 0x80070015 } as WatchEvent;
    expect(verdict([EVENTS.registered]).exitCode(over)).toBe(0);
    expect(verdict([EVENTS.registered, limit]).exitCode(over)).toBe(0);
    expect(verdict().exitCode(over)).toBe(6);
    expect(verdict([EVENTS.failed]).exitCode(over)).toBe(6);
    expect(verdict([limit]).exitCode(over)).toBe(8);
    expect(verdict([limit, EVENTS.failed]).exitCode(over)).toBe(6);
  });

  it.each([
    ["timeout", 3],
    ["closed", 0],
    ["settled", 0],
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["error", 1],
  ])("of %s is %d", (reason, code) => {
    expect(verdict([EVENTS.rejected], "fail").exitCode({ ...OVER, reason })).toBe(code);
  });

  it("of an error is that of the first one that ended something", () => {
    const code = (error: UnreachableError | AuthenticationError | HresultError): number =>
      verdict().exitCode({ error, reason: "error" });
    expect(code(new UnreachableError("connect", "x"))).toBe(6);
    expect(code(new AuthenticationError("x"))).toBe(4);
    expect(code(new HresultError("RegisterClient", 0x8007007b, "x"))).toBe(7);
  });
});
