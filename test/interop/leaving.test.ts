import { expect, it } from "vitest";
import { ASYNC_UI } from "../../src/pan/types.js";
import { balloon, messageBox } from "./support/documents.js";
import { PanServer } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";
import { of, watchToEnd } from "./support/watching.js";

describePeer("leaving the independent print server", pythonWith(["impacket"]), (python) => {
  it.each([
    ["a notification", "uni", { do: "notify", xml: balloon("Jam", "Tray 2") }],
    ["a channel", "bidi", { do: "openChannel", channel: "box", xml: messageBox("Paper") }],
  ] as const)(
    "%s that comes while Unregister is on its way: nothing is polled after it, all is given back (3.1.1.4.3, .5)",
    async (_name, style, step) => {
      const steps = [{ on: "unregister", nth: 1, when: "before", type: "asyncui", filter: "all", ...step }];
      await using server = await PanServer.start({ python, steps });
      const connection = { epmPort: server.epmPort };
      const parked = style === "uni" ? "GetNotification" : "GetNewChannel";
      const { outcome } = await watchToEnd(
        { server: server.address, types: [ASYNC_UI], style, connection },
        (event, close) => {
          if (event.type === "registered")
            void server.control({ do: "wait", parked, count: 1 }).then(() => close("closed"));
        },
      );
      expect(outcome.reason).toBe("closed");
      const summary = await server.stop();
      expect(await server.violations()).toEqual([]);
      expect(summary).toMatchObject({ clean: true, unfiredSteps: [] });
    },
  );

  it("an Unregister that fails does not keep the object from being deleted (3.2.1.4)", async () => {
    const steps = [{ on: "unregister", nth: 1, do: "hresult", code: "0x8007000E" }];
    await using server = await PanServer.start({ python, steps });
    const connection = { epmPort: server.epmPort };
    const { events } = await watchToEnd(
      { server: server.address, types: [ASYNC_UI], style: "uni", connection },
      (event, close) => {
        if (event.type === "registered") close("closed");
      },
    );
    expect(of(events, "error")).toMatchObject([{ hresult: 0x8007000e, stage: "unregister", fatal: false }]);
    const { calls } = await server.stop();
    expect(calls).toMatchObject({ UnregisterClient: 1, Delete: 1 });
  });
});
