import { expect, it } from "vitest";
import type { WatchEvent } from "../../src/watch/events.js";
import { balloon, configuration, customUi, messageBox } from "./support/documents.js";
import { PanServer } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";
import { of, watchToEnd } from "./support/watching.js";
import type { ConnectionOptions } from "../../src/pan/connection-options.js";
import type { Answerer } from "../../src/watch/options.js";

function replies(events: readonly WatchEvent[]): (number | undefined)[] {
  return events.flatMap((event) => (event.type === "reply.sent" ? [event.result?.code] : []));
}

/** One of everything, each as soon as who wants it has registered. */
const STEPS = [
  { on: "register", nth: 1, do: "notify", type: "asyncui", xml: balloon("Jam", "Tray 2") },
  { on: "register", nth: 1, do: "notify", type: "asyncui", sizeBytes: 70_000 },
  { on: "register", nth: 2, do: "openChannel", channel: "box", type: "asyncui", xml: messageBox("Paper") },
  { on: "register", nth: 2, do: "openChannel", channel: "custom", type: "asyncui", xml: customUi(true) },
  { on: "register", nth: 3, do: "notify", type: "config", xml: configuration("\\Printer.X:Y") },
].map((step) => ({ ...step, when: "after", filter: "all" }));

const answerFirstButton: Answerer = ({ notification }) => {
  if (notification.kind !== "messageBox")
    return Promise.resolve({ via: "library", reply: { kind: "text", text: "<7 & 8>" } });
  const [button] = notification.buttons;
  return Promise.resolve(button === undefined ? null : { via: "library", reply: { kind: "button", button } });
};

const VARIANTS: [name: string, args: readonly string[], connection?: Partial<ConnectionOptions>][] = [
  ["as it is", []],
  ["without NDR64", ["--no-ndr64"]],
  ["without NDR", ["--no-ndr"]],
  ["preferring NDR", ["--prefer", "ndr"]],
  ["without header signing", ["--no-hdrsign"]],
  ["without multiplexing", ["--no-mpx"]],
  ["that is asked for no multiplexing", [], { multiplex: false }],
  ["accepting several interfaces in a bind", ["--many-contexts"]],
  ["accepting several interfaces in a bind without multiplexing", ["--many-contexts", "--no-mpx"]],
  ["without feature negotiation", ["--no-btfn"]],
  ["with fragments of 2048 bytes", ["--max-frag", "2048"]],
  ["without a timestamp", ["--no-timestamp"]],
  ["with a MIC always", ["--mic", "always"]],
  ["with signed faults", ["--fault-auth", "sign"]],
  ["with zero octets behind its tokens", ["--token-zeros", "8"]],
  ["with errors as faults", ["--errors-as", "fault"]],
  ["at level integrity", ["--min-level", "5"], { level: "integrity" }],
  ["at level packet", ["--min-level", "4"], { level: "packet" }],
  ["at level packet without header signing", ["--min-level", "4", "--no-hdrsign"], { level: "packet" }],
  ["without multiplexing, NDR and header signing", ["--no-mpx", "--no-ndr", "--no-hdrsign", "--max-frag", "2048"]],
];

describePeer("a whole watch on the independent print server", pythonWith(["impacket"]), (python) => {
  it.each(VARIANTS)("%s: everything arrives, is answered, and no rule is broken", async (...[, args, connection]) => {
    await using server = await PanServer.start({ python, args, steps: STEPS });
    const { events, outcome } = await watchToEnd({
      server: server.address,
      limit: 5,
      answer: answerFirstButton,
      connection: { epmPort: server.epmPort, ...connection },
    });
    expect(outcome).toMatchObject({ reason: "count", error: null });
    const kinds = of(events, "notification").map(({ notification }) => notification.kind);
    expect(kinds.sort()).toEqual(["balloon", "customUi", "messageBox", "printerConfiguration", "unknown"]);
    expect(replies(events)).toEqual([0, 0]);
    expect(of(events, "error")).toEqual([]);
    const summary = await server.stop();
    expect(await server.violations()).toEqual([]);
    expect(summary).toMatchObject({ clean: true, must: 0, should: 0, unfiredSteps: [] });
  });

  it("a server that corrupts its mechListMIC is refused ([MS-SPNG] 3.1.5.1)", async () => {
    await using server = await PanServer.start({ python, args: ["--mic", "corrupt"] });
    const { outcome } = await watchToEnd({ server: server.address, connection: { port: server.port } });
    expect(outcome.everRegistered).toBe(false);
    expect(outcome.error).toMatchObject({ code: "integrity" });
  });
});
