import { expect, it } from "vitest";
import type { WatchEvent } from "../../src/watch/events.js";
import type { WatchRequest } from "../../src/watch/watch.js";
import { balloon, messageBox } from "./support/documents.js";
import { PanServer } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";
import { of, watchToEnd, type Watched } from "./support/watching.js";

const ASYNC_UI = "f6853f92-eb31-4e23-b6e7-fd69056153f0";
const notify = { do: "notify", type: "asyncui", filter: "all", xml: balloon("Back", "again"), when: "after" };
const openBox = { do: "openChannel", type: "asyncui", filter: "all", xml: messageBox("Q"), when: "after" };

interface Run extends Watched {
  readonly violations: readonly string[];
}

describePeer("failures on the independent print server", pythonWith(["impacket"]), (python) => {
  /** Watches AsyncUI on a server with this scenario; afterwards no rule must have been broken. */
  async function run(
    steps: readonly object[],
    request: Partial<WatchRequest>,
    args: readonly string[] = [],
    onEvent?: (event: WatchEvent, close: (reason: string) => void) => void,
  ): Promise<Run> {
    await using server = await PanServer.start({ python, steps, args });
    const { address, epmPort } = server;
    const base = { server: address, types: [ASYNC_UI], style: "uni" as const, connection: { epmPort } };
    const watched = await watchToEnd({ ...base, ...request }, onEvent);
    await server.stop();
    return { ...watched, violations: await server.violations() };
  }

  it.each([
    ["the connection is reset", { do: "dropConnection", how: "rst" }, "disconnected"],
    ["the connection is closed", { do: "dropConnection", how: "fin" }, "disconnected"],
    ["the spooler restarts on another port", { do: "restart", downFor: 0.2, panPort: "new" }, null],
    ["notifications are terminated (3.1.1.4.5)", { do: "terminate" }, "hresult"],
    ["notifications are terminated by a fault (3.1.1.4.5)", { do: "terminate", fault: "0x8007071A" }, "hresult"],
  ] as const)("%s: it comes back with a new registration, and tells the gap", async (...[, step]) => {
    const steps = [
      { on: "getNotification", nth: 1, delay: 0.05, ...step },
      { on: "register", nth: 2, ...notify },
    ];
    const { events, outcome, violations } = await run(steps, { limit: 1 });
    expect(outcome).toMatchObject({ reason: "count", error: null });
    expect(of(events, "registered").map(({ attempt }) => attempt)).toEqual([1, 2]);
    const [reconnecting] = of(events, "reconnecting");
    expect(reconnecting?.delayMs).toBeGreaterThanOrEqual(1000);
    expect(of(events, "gap")).toMatchObject([{ registration: null, mayHaveLost: true, cause: "connection" }]);
    expect(of(events, "error")).toEqual([]);
    expect(violations).toEqual([]);
  });

  it.each([
    ["GetNotification", "getNotification", "uni"],
    ["GetNewChannel", "getNewChannel", "bidi"],
  ] as const)(
    "%s answers 0x8007000E: a new object registers on the same association (3.1.1.4.3, .5)",
    async (_name, on, style) => {
      const again = style === "uni" ? notify : openBox;
      const steps = [
        { on, nth: 1, delay: 0.05, do: "hresult", code: "0x8007000E" },
        { on: "register", nth: 2, ...again },
      ];
      const { events, outcome, violations } = await run(steps, { limit: 1, style });
      expect(outcome.reason).toBe("count");
      expect(of(events, "error")).toMatchObject([{ hresult: 0x8007000e, fatal: false }]);
      expect(of(events, "reconnecting")).toHaveLength(1);
      expect(violations).toEqual([]);
    },
  );

  it("0x8004000C on a poll ends the remote object, and a new one is registered (3.1.1.4.5)", async () => {
    const steps = [
      { on: "getNotification", nth: 1, delay: 0.05, do: "hresult", code: "0x8004000C" },
      { on: "register", nth: 2, ...notify },
    ];
    const { events, outcome, violations } = await run(steps, { limit: 1 });
    expect(outcome).toMatchObject({ reason: "count", error: null });
    expect(of(events, "error")).toMatchObject([{ hresult: 0x8004000c, fatal: false, registration: "r1" }]);
    expect(of(events, "registered").map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(violations).toEqual([]);
  });

  it("0x00040005 beside a notification says that others were lost: it is shown, and a gap told", async () => {
    const steps = [
      { on: "getNotification", nth: 1, do: "hresult", code: "0x00040005", perform: true },
      { on: "register", nth: 1, ...notify },
    ];
    const { events, outcome, violations } = await run(steps, { limit: 1 });
    expect(outcome).toMatchObject({ reason: "count", error: null });
    expect(of(events, "gap")).toMatchObject([{ registration: "r1", mayHaveLost: true }]);
    expect(of(events, "notification")).toMatchObject([{ notification: { kind: "balloon" } }]);
    expect(of(events, "error")).toEqual([]);
    expect(violations).toEqual([]);
  });

  it.each(["0x8007007B", "0x80070709"])("an unknown queue answered with %s is final (3.1.1.4.1)", async (code) => {
    const args = ["--unknown-queue", code, "--queues", "Known"];
    const { events, outcome, violations } = await run([], { printer: "Unknown", retry: { waitForServer: true } }, args);
    expect(outcome).toMatchObject({ reason: "error", error: { hresult: Number(code) } });
    expect(of(events, "error")).toMatchObject([{ fatal: true, stage: "register" }]);
    expect(of(events, "reconnecting")).toEqual([]);
    expect(violations).toEqual([]);
  });

  it("channels that are listed again while nobody has acquired them are followed once (3.1.1.4.3)", async () => {
    const steps = [
      { on: "register", nth: 1, ...openBox },
      { on: "sendResponse", nth: 1, ...openBox },
      { on: "sendResponse", nth: 2, ...openBox, delay: 0.05 },
    ];
    const { events, outcome, violations } = await run(
      steps,
      { style: "bidi", answer: () => new Promise(() => undefined) },
      ["--list-all-channels"],
      (event, close) => {
        if (event.type === "notification" && event.id === "n3") close("closed");
      },
    );
    expect(outcome).toMatchObject({ reason: "closed", error: null });
    expect(of(events, "channel.opened")).toHaveLength(3);
    expect(of(events, "error")).toEqual([]);
    expect(violations).toEqual([]);
  });

  it.each([
    ["0x80070005", 0x80070005],
    ["0x8007007B", 0x8007007b],
    ["0x80070709", 0x80070709],
  ])("RegisterClient answers %s: fatal, never tried again (3.1.1.4.1)", async (code, hresult) => {
    const { events, outcome, violations } = await run([{ on: "register", do: "hresult", code, nth: "every" }], {
      retry: { waitForServer: true },
    });
    expect(outcome).toMatchObject({ reason: "error", error: { hresult } });
    expect(of(events, "error")).toMatchObject([{ hresult, fatal: true, stage: "register" }]);
    expect(of(events, "reconnecting")).toEqual([]);
    expect(violations).toEqual([]);
  });

  it("Create answers a failure: fatal, never tried again (3.1.2.4.1)", async () => {
    const { events, violations } = await run([{ on: "create", do: "hresult", code: "0x8007000E", nth: "every" }], {
      retry: { waitForServer: true },
    });
    expect(of(events, "error")).toMatchObject([{ hresult: 0x8007000e, fatal: true }]);
    expect(of(events, "reconnecting")).toEqual([]);
    expect(violations).toEqual([]);
  });

  it("RegisterClient answers 0x80070015: tried again after 1 s and then 2 s (3.1.1.4.1)", async () => {
    const steps = [
      { on: "register", nth: [1, 2], do: "hresult", code: "0x80070015" },
      { on: "register", nth: 3, ...notify },
    ];
    const { events, outcome, violations } = await run(steps, { limit: 1, retry: { waitForServer: true } });
    expect(outcome.reason).toBe("count");
    const delays = of(events, "reconnecting").map(({ delayMs }) => delayMs);
    expect(delays.map((ms) => Math.floor(ms / 1000))).toEqual([1, 2]);
    expect(violations).toEqual([]);
  });

  it("a limit of the server fails the first registration at once unless it is to be waited for", async () => {
    const { events, outcome } = await run([{ on: "register", nth: "every", do: "hresult", code: "0x80070015" }], {});
    expect(outcome).toMatchObject({ reason: "error", error: { hresult: 0x80070015 } });
    expect(of(events, "reconnecting")).toEqual([]);
  });

  it.each([
    ["alone", { on: "getNotification", nth: 1, delay: 0.05, do: "release" }],
    ["with a whole balloon beside it", { on: "register", nth: 1, ...notify, outType: "release" }],
  ])("NOTIFICATION_RELEASE %s ends the registration, and nothing is shown (2.2.1)", async (...[, step]) => {
    const { events, outcome, violations } = await run([step], { limit: 1 });
    expect(outcome).toMatchObject({ reason: "error", error: { code: "released" } });
    expect(of(events, "notification")).toEqual([]);
    expect(of(events, "reconnecting")).toEqual([]);
    expect(violations).toEqual([]);
  });

  it.each([
    ["0x80040014", [{ hresult: 0x80040014, fatal: false, stage: "channel" }], "self"],
    // What ends all notifications is told once for the server, when its polls end with it.
    ["0x8007071A", [], "server"],
  ])(
    "GetNotificationSendResponse answers %s: it is told and its channel closed (3.1.1.4.4)",
    async (code, errors, by) => {
      const steps = [
        { on: "register", nth: 1, ...openBox },
        { on: "sendResponse", nth: 1, do: "hresult", code },
        { on: "channelReleased", do: "log" },
      ];
      const { events, violations } = await run(steps, { style: "bidi" }, [], (event, close) => {
        if (event.type === "channel.closed") close("closed");
      });
      expect(of(events, "error")).toMatchObject(errors);
      expect(events.filter(({ type }) => type === "channel.closed")).toMatchObject([{ by }]);
      expect(violations).toEqual([]);
    },
  );

  it("a failed CloseChannel rejects the reply, once (3.1.1.4.6)", async () => {
    const steps = [
      { on: "register", nth: 1, ...openBox },
      { on: "closeChannel", nth: 1, do: "hresult", code: "0x80040012" },
    ];
    const { events } = await run(steps, {
      style: "bidi",
      limit: 1,
      answer: ({ notification }) => {
        const button = notification.kind === "messageBox" ? notification.buttons[0] : undefined;
        return Promise.resolve(button === undefined ? null : { via: "library", reply: { kind: "button", button } });
      },
    });
    expect(of(events, "reply.rejected")).toMatchObject([{ result: { code: 0x80040012 }, replyTo: "n1" }]);
    expect(of(events, "reply.sent")).toEqual([]);
  });

  it.each([
    ["a flipped bit in the signature", { what: "flipSignature" }, "integrity"],
    ["a flipped bit in the body", { what: "flipBody" }, "integrity"],
    ["another call_id", { what: "callId", value: 4711 }, /integrity|protocol/],
    ["another version", { what: "version", value: 4 }, /decode|protocol/],
    ["another data representation", { what: "drep", value: 0 }, /decode|protocol|integrity/],
    ["no authentication", { what: "noAuth" }, /integrity|protocol/],
    ["another level", { what: "authLevel", value: 2 }, /integrity|protocol/],
    ["a repeated answer", { what: "duplicate" }, /integrity|protocol/],
  ])("%s in an answer ends the watch under retry never, and delivers nothing", async (_name, mutation, code) => {
    const steps = [
      { on: "getNotification", nth: 1, do: "mutate", ptype: "response", count: 1, ...mutation },
      { on: "getNotification", nth: 1, ...notify, delay: 0.05 },
    ];
    const { events, outcome } = await run(steps, { retry: { limit: 0 } });
    expect(outcome.reason).toBe("error");
    expect(outcome.error?.code).toMatch(code);
    const delivered = of(events, "notification").length;
    expect(delivered).toBe(mutation.what === "duplicate" ? 1 : 0);
  });

  it("a wrong password is told once and not tried again", async () => {
    const { events, outcome, violations } = await run([], { password: "wrong", retry: { waitForServer: true } });
    expect(outcome.error).toMatchObject({ code: "authentication" });
    expect(of(events, "error")).toMatchObject([{ stage: "logon", fatal: true }]);
    expect(violations).toEqual([]);
  });

  it("an endpoint mapper without the interface is told as such", async () => {
    const steps = [{ on: "epmMap", do: "epm", status: "0x16C9A0D6", nth: "every" }];
    const { outcome } = await run(steps, {});
    expect(outcome.error).toMatchObject({ code: "no-interface" });
  });
});
