import { readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import type { Notified } from "../../src/watch/events.js";
import type { Answerer } from "../../src/watch/options.js";
import { balloon, configuration, customUi, messageBox } from "./support/documents.js";
import { PanServer, type Summary } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";
import { watchToEnd } from "./support/watching.js";

/** The rules that the independent print server checks, from the table of its README: code, sections, severity, meaning. */
const RULES = readFileSync(new URL("peer/README.md", import.meta.url), "utf8")
  .split("\n")
  .map((line) => /^\| `([A-Z0-9-]+)` \| (.+?) \| (must|must-not|should|should-not) \| (.+) \|$/.exec(line))
  .flatMap((match) => (match === null ? [] : [[match[2] ?? "", match[3] ?? "", match[4] ?? "", match[1] ?? ""]]));

/** A message box that can be read and answered, but for an element that has no place in it (3.2.3.4.2). */
const IN_BREACH = messageBox("Toner").replace("<buttons>", "<slider/><buttons>");

/** A life with everything in it: answers, releases, a format error, a failed wait, a lost connection, a termination. */
const STEPS = [
  { on: "register", nth: 1, do: "notify", type: "asyncui", xml: balloon("Jam", "Tray 2") },
  { on: "register", nth: 1, do: "notify", type: "asyncui", xml: "<asyncPrintUIRequest/>", invalid: true },
  { on: "register", nth: 2, do: "openChannel", channel: "box", type: "asyncui", xml: messageBox("Paper") },
  { on: "register", nth: 2, do: "openChannel", channel: "custom", type: "asyncui", xml: customUi(true) },
  { on: "register", nth: 2, do: "openChannel", channel: "bad", type: "asyncui", xml: "<a/>", invalid: true },
  { on: "register", nth: 2, do: "openChannel", channel: "breach", type: "asyncui", xml: IN_BREACH, invalid: true },
  { on: "register", nth: 3, do: "notify", type: "config", xml: configuration("\\Printer.X:Y") },
  { on: "closeChannel", nth: 4, do: "dropConnection", how: "rst", delay: 0.2 },
  { on: "register", nth: 6, do: "terminate", delay: 0.2 },
  { on: "register", nth: 9, do: "notify", type: "config", xml: configuration("\\Printer.X:Z"), delay: 0.2 },
].map((step) => ({ when: "after", filter: "all", ...step }));

const answer: Answerer = ({ notification }) => {
  if (notification.kind !== "messageBox")
    return Promise.resolve({ via: "library", reply: { kind: "text", text: "yes" } });
  const [button] = notification.buttons;
  return Promise.resolve(button === undefined ? null : { via: "library", reply: { kind: "button", button } });
};

describePeer("the rules for clients, one by one", pythonWith(["impacket"]), (python) => {
  let summary: Summary;
  const shown: Notified[] = [];

  beforeAll(async () => {
    await using server = await PanServer.start({ python, steps: STEPS });
    const connection = { epmPort: server.epmPort };
    let configurations = 0;
    const { outcome } = await watchToEnd({ server: server.address, connection, answer }, (event, close) => {
      if (event.type === "notification") shown.push(event);
      if (event.type !== "notification" || event.notification.kind !== "printerConfiguration") return;
      if (++configurations === 2) close("closed");
    });
    expect(outcome).toMatchObject({ reason: "closed", error: null });
    summary = await server.stop();
  });

  it("the life with everything in it was lived to its end", () => {
    expect(summary).toMatchObject({ clean: true, unfiredSteps: [] });
    expect(Object.keys(summary.calls).sort()).toEqual([
      "CloseChannel",
      "Create",
      "Delete",
      "GetNewChannel",
      "GetNotification",
      "GetNotificationSendResponse",
      "RegisterClient",
      "UnregisterClient",
    ]);
  });

  it("a message box in breach was shown, and released without an answer (3.2.3.4.2)", () => {
    expect(shown.find(({ notification }) => notification.problem?.includes('"slider"'))).toMatchObject({
      notification: { kind: "messageBox", title: "Toner" },
    });
  });

  it.each(RULES)("[%s] %s: not once “%s” (%s)", (_section, _severity, _meaning, code) => {
    expect(summary.violations[code] ?? 0).toBe(0);
  });
});
