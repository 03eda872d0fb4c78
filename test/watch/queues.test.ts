import { expect, it } from "vitest";
import { PrintServer } from "../../src/print-server/print-server.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import { eventsOf, of, watchLocal } from "./support/watching.js";

it("queues that come and go are followed, and an empty list is told and waited on", async () => {
  const users = [{ name: "alice", password: "x" }];
  await using server = await PrintServer.start({ users, printers: [] });
  const told: string[] = [];
  const watcher = watchLocal(server.port, {
    printer: "*",
    types: [ASYNC_UI],
    style: "uni",
    queuesEveryMs: 20,
    notice: (text, level) => {
      if (level !== "warn") return;
      told.push(text);
      server.setPrinters(["HP4", "HP5"]);
    },
  });
  const events = await eventsOf(watcher, (event, all) => {
    if (event.type === "registered" && event.printer === "HP5") server.setPrinters(["HP5", "HP6"]);
    return of(all, "registered").length === 3 && of(all, "unregistered").length === 1;
  });
  expect(told).toEqual(["127.0.0.1 shares no printers; waiting for some"]);
  expect(of(events, "registered").map(({ printer }) => printer)).toEqual(["HP4", "HP5", "HP6"]);
  const [gone] = of(events, "unregistered");
  expect(gone).toMatchObject({ printer: "HP4", reason: "queue gone", final: false });
  expect(of(events, "error")).toEqual([]);
});
