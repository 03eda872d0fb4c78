import { describe, expect, it } from "vitest";
import { Announcement } from "../../../src/cli/watch/announcement.js";
import { PRINTER_CONFIGURATION } from "../../../src/pan/types.js";
import type { Failed, Registered, WatchEvent } from "../../../src/watch/events.js";
import { EVENTS } from "../render/events.js";

const registered = (registration: string, more: Partial<Registered> & Partial<WatchEvent> = {}): WatchEvent =>
  ({ ...EVENTS.registered, registration, ...more }) as WatchEvent;
const configuration = { guid: PRINTER_CONFIGURATION, name: "printer-config" } as const;
const failed = (registration: string, more: Partial<WatchEvent> = {}): WatchEvent =>
  ({ ...EVENTS.failed, registration, ...more }) as WatchEvent & Failed;

function announce(expected: number, events: WatchEvent[]): string[] {
  const said: string[] = [];
  const announcement = new Announcement(expected, (text) => said.push(text));
  for (const event of events) announcement.see(event);
  return said;
}

describe("the line that says what is watched", () => {
  const all = [
    registered("r1"),
    registered("r2", { style: "bidi" }),
    registered("r3", { notificationType: configuration }),
  ];

  it("comes when all registrations are there", () => {
    expect(announce(3, all.slice(0, 2))).toEqual([]);
    expect(announce(3, all)).toEqual([
      "Watching HP4 on printsrv for asyncui (uni, bidi) and printer-config (uni) as CORP\\alice (NTLM, privacy)" +
        " — silence is normal until something happens; Ctrl-C to stop",
    ]);
  });

  it("does not wait for registrations that were refused, and leaves them out", () => {
    expect(announce(3, [registered("r1"), failed("r2"), failed("r3")])[0]).toContain("for asyncui (uni) as");
    expect(announce(3, [failed("r1"), failed("r2"), failed("r3")])).toEqual([]);
  });

  it("does not come again after reconnecting", () => {
    expect(announce(3, [...all, ...all])).toHaveLength(1);
  });

  it("comes for each TARGET, and speaks of silence once", () => {
    const other = {
      server: "other",
      printer: null,
      auth: { mechanism: "Kerberos", level: "privacy", user: null },
    } as const;
    expect(announce(1, [registered("r1"), registered("r2", { ...other, userFilter: "all-users" })])).toEqual([
      expect.stringContaining("silence"),
      "Watching other for asyncui (uni) of all users (Kerberos, privacy)",
    ]);
  });
});
