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

  describe("of the queues that a server shares", () => {
    const queues = ["A", "B", "C"];
    const at = (printer: string, n: number): WatchEvent => registered(`r${n}`, { printer });
    const limit = { ...EVENTS.failed, registration: null, printer: null, stage: "register" } as WatchEvent;

    function announceQueues(events: readonly WatchEvent[], later: readonly string[] = []): string[] {
      const said: string[] = [];
      const announcement = new Announcement(1, (text) => said.push(text));
      announcement.queuesFound("printsrv", queues);
      for (const event of events) announcement.see(event);
      announcement.queuesFound("printsrv", later);
      for (const [i, printer] of later.entries()) announcement.see(at(printer, 10 + i));
      return said;
    }

    it("is one for all of them, and one for those that come later", () => {
      const said = announceQueues(
        queues.map((printer, i) => at(printer, i)),
        ["D"],
      );
      expect(said).toEqual([
        expect.stringMatching(/^Watching 3 queues of printsrv for asyncui \(uni\) as .*silence is normal/),
        expect.stringMatching(/^Watching D on printsrv for asyncui \(uni\) as [^—]*$/),
      ]);
    });

    it.each([
      ["one that was refused", failed("r2", { printer: "B", stage: "register" })],
      ["one that was refused whole", { ...EVENTS.failed, registration: null, printer: "B", stage: "register" }],
    ])("leaves out %s", (_, refusal) => {
      const [one, other] = [at("A", 1), at("C", 3)];
      expect(announceQueues([one, other])).toEqual([]);
      expect(announceQueues([one, other, refusal])).toEqual([expect.stringContaining("Watching 2 queues of printsrv")]);
    });

    it("does not wait for those that a server's limit leaves out", () => {
      expect(announceQueues([at("A", 1), limit])).toEqual([expect.stringContaining("Watching A on printsrv")]);
    });
  });
});
