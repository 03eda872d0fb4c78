import { expect, it } from "vitest";
import { DisconnectedError, type PanwatchError } from "../../src/errors.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import { balloonDocument } from "../../src/print-server/documents/asyncui.js";
import type { WatchEvent } from "../../src/watch/events.js";
import { handle, notified, parked } from "../pan/support/scripted-association.js";
import { scriptedWatch, type Script } from "./support/scripted-watch.js";
import { of } from "./support/watching.js";

/** All events of a watch for unidirectional notifications, which is left when `until` is true. */
async function events(
  script: (lose: (error: PanwatchError) => void, connection: number) => Script,
  until: (all: readonly WatchEvent[]) => boolean,
): Promise<WatchEvent[]> {
  const watch = scriptedWatch(script, { kinds: [] });
  const all: WatchEvent[] = [];
  for await (const event of watch.events) {
    all.push(event);
    if (until(all)) void watch.close("closed");
  }
  return all;
}

it("two losses in a row begin again at the smallest delay, as the connection worked between them", async () => {
  const lost = { GetNotification: () => Promise.reject(new DisconnectedError("lost")) };
  const all = await events(
    () => lost,
    (told) => of(told, "reconnecting").length === 3,
  );
  const attempts = of(all, "reconnecting").map(({ attempt, registration }) => [attempt, registration]);
  expect(attempts.slice(0, 3)).toEqual([
    [1, null],
    [1, null],
    [1, null],
  ]);
  expect(of(all, "error")).toEqual([]);
});

it("a success between two failed polls begins again at the smallest delay ([MS-PAN] 3.1.1.4.5)", async () => {
  const failed = notified(null, null, 0x8007000e);
  const answers = [failed, notified(null, new Uint8Array(2)), failed, failed];
  const all = await events(
    () => ({ GetNotification: (_values, nth) => answers[nth - 1] }),
    (told) => of(told, "registered").length === 4,
  );
  expect(of(all, "reconnecting").map(({ attempt, registration }) => [attempt, registration])).toEqual([
    [1, "r1"],
    [1, "r1"],
    [2, "r1"],
  ]);
});

/** An answer with which the connection is lost. */
const losing = (lose: (error: DisconnectedError) => void, answer: object) => (): object => {
  lose(new DisconnectedError("lost"));
  return answer;
};

it("a connection that is lost while a failed registration is left is told as its loss alone", async () => {
  const all = await events(
    (lose, connection): Script => {
      if (connection > 1) return {};
      const outOfMemory = (): object => notified(null, null, 0x8007000e);
      return { GetNotification: outOfMemory, UnregisterClient: losing(lose, { result: 0 }) };
    },
    (told) => of(told, "registered").length === 2,
  );
  expect(of(all, "error")).toEqual([]);
  expect(of(all, "reconnecting").map(({ registration, reason }) => [registration, reason])).toEqual([[null, "lost"]]);
});

it("a connection that is lost with the answer to its first registration leaves a gap", async () => {
  const all = await events(
    (lose, connection): Script => {
      if (connection > 1) return {};
      return { RegisterClient: losing(lose, { ppRmtServerReferral: null, result: 0 }) };
    },
    (told) => of(told, "registered").length === 2,
  );
  expect(all.map(({ type }) => type)).toEqual(["registered", "reconnecting", "registered", "gap", "unregistered"]);
});

it("registers the first alone, to see whether others are answered beside its poll, then several at once", async () => {
  const log: string[] = [];
  const watch = scriptedWatch(() => ({}), { registrations: 3, log });
  let registered = 0;
  for await (const { type } of watch.events)
    if (type === "registered" && ++registered === 3) void watch.close("closed");
  const opening = ["Create", "RegisterClient", "GetNotification"];
  const calls = log.map((call) => opening.find((name) => call.includes(name))).filter((call) => call !== undefined);
  expect(calls).toEqual([...opening, ...opening.flatMap((call) => [call, call])]);
});

const BALLOON = balloonDocument({ title: "T", bodies: ["B"] });
const channels = (result: number, ...numbers: number[]): object => ({
  ...{ pNoOfChannels: numbers.length, ppChannelCtxt: numbers.length > 0 ? numbers.map(handle) : null, result },
});

it.each([
  ["uni", ["GetNotification", "GetNotification", "shown"]],
  ["bidi", ["GetNewChannel", "GetNewChannel", "GetNotificationSendResponse", "shown", "CloseChannel"]],
] as const)("the next poll is issued before a notification is shown (%s, [MS-PAN] 3.2.2.4)", async (style, calls) => {
  const log: string[] = [];
  const first = (nth: number, answer: object): unknown => (nth === 1 ? answer : undefined);
  const watch = scriptedWatch(
    () => ({
      GetNotification: (_values, nth) => first(nth, notified(ASYNC_UI, BALLOON)),
      GetNewChannel: (_values, nth) => first(nth, channels(0, 1)),
      GetNotificationSendResponse: () => ({ pChannel: handle(1), ...notified(ASYNC_UI, BALLOON) }),
    }),
    { style, log, accept: () => log.push("shown") > 0 },
  );
  for await (const event of watch.events)
    if (event.type === (style === "uni" ? "notification" : "channel.released")) void watch.close("closed");
  expect(log).toEqual(["connect", "Create", "RegisterClient", ...calls, "UnregisterClient", "Delete"]);
});

it("0x8007071A leaves channels alone: Unregister, Delete, and a new connection ([MS-PAN] 3.1.1.4.3)", async () => {
  const answers = [channels(0, 1), channels(0x8007071a)];
  const watch = scriptedWatch(
    (_lose, connection): Script =>
      connection > 1 ? {} : { GetNewChannel: (_values, nth) => answers[nth - 1], GetNotificationSendResponse: parked },
    { style: "bidi" },
  );
  let registered = 0;
  for await (const event of watch.events)
    if (event.type === "registered" && ++registered === 2) void watch.close("closed");
  expect(watch.log.slice(3, watch.log.lastIndexOf("connect"))).toEqual([
    ...["GetNewChannel", "GetNewChannel", "GetNotificationSendResponse", "UnregisterClient", "Delete"],
  ]);
});

it("nothing is registered while the connection is gone, and nothing is called on it any more", async () => {
  const watch = scriptedWatch((_lose, connection): Script =>
    connection > 1 ? {} : { GetNotification: () => Promise.reject(new DisconnectedError("lost")) },
  );
  const registered: number[] = [];
  for await (const event of watch.events) {
    if (event.type === "registered" || event.type === "reconnecting") registered.push(watch.heartbeat().registered);
    if (event.type === "gap") void watch.close("closed");
  }
  expect(registered).toEqual([1, 0, 1]);
  expect(watch.log.slice(0, 5)).toEqual(["connect", "Create", "RegisterClient", "GetNotification", "connect"]);
});
