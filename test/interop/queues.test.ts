import { expect, it } from "vitest";
import { balloon } from "./support/documents.js";
import { PanServer } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";
import { of, watchToEnd } from "./support/watching.js";

const ASYNC_UI = "f6853f92-eb31-4e23-b6e7-fd69056153f0";

describePeer("each queue of a server, on the independent print server", pythonWith(["impacket"]), (python) => {
  const request = { printer: "*", types: [ASYNC_UI], style: "uni" as const };

  it("each queue that it shares is registered for, and leaves nothing behind", async () => {
    const steps = [
      {
        on: "register",
        nth: 2,
        do: "notify",
        when: "after",
        type: "asyncui",
        filter: "all",
        queue: "HP5",
        xml: balloon("A", "b"),
      },
    ];
    await using server = await PanServer.start({ python, args: ["--queues", "HP4", "HP5"], steps });
    const { address, epmPort } = server;
    const { events, outcome } = await watchToEnd({ ...request, server: address, connection: { epmPort }, limit: 1 });
    expect(outcome).toMatchObject({ reason: "count", error: null });
    expect(
      of(events, "registered")
        .map(({ printer }) => printer)
        .sort(),
    ).toEqual(["HP4", "HP5"]);
    expect(of(events, "notification")).toMatchObject([{ printer: "HP5" }]);
    expect(await server.stop()).toMatchObject({ clean: true, must: 0, should: 0 });
    expect(await server.violations()).toEqual([]);
  });

  it("a queue that is refused is an error that is not fatal, and the others are watched", async () => {
    const steps = [{ on: "register", nth: 1, do: "hresult", code: "0x80070005" }];
    await using server = await PanServer.start({ python, args: ["--queues", "HP4", "HP5"], steps });
    const { address, epmPort } = server;
    const { events } = await watchToEnd({ ...request, server: address, connection: { epmPort } }, (event, close) => {
      if (event.type === "registered") close("closed");
    });
    expect(of(events, "error")).toMatchObject([{ hresult: 0x80070005, fatal: false }]);
    expect(of(events, "registered")).toHaveLength(1);
    expect(await server.violations()).toEqual([]);
  });

  it("a server's limit is told once", async () => {
    const steps = [{ on: "register", nth: [2, 3, 4], do: "hresult", code: "0x80070015" }];
    await using server = await PanServer.start({ python, args: ["--queues", "A", "B", "C", "D"], steps });
    const { address, epmPort } = server;
    const { events } = await watchToEnd({ ...request, server: address, connection: { epmPort } }, (event, close) => {
      if (event.type === "error") close("closed");
    });
    expect(of(events, "error")).toMatchObject([{ hresult: 0x80070015, fatal: false }]);
    expect(of(events, "reconnecting")).toEqual([]);
    expect(await server.violations()).toEqual([]);
  });
});
