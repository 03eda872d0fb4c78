import { expect, it } from "vitest";
import { DisconnectedError, type PanwatchError } from "../../src/errors.js";
import { DEFAULT_CONNECTION } from "../../src/pan/defaults.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import type { WatchEvent } from "../../src/watch/events.js";
import type { WatchOptions } from "../../src/watch/options.js";
import { RegistrationWatch } from "../../src/watch/registration-watch.js";
import { Reporter } from "../../src/watch/reporter.js";
import { Counters, Limit, RegistrationScope } from "../../src/watch/scope.js";
import { ServerWatch } from "../../src/watch/server-watch.js";
import { notified, ScriptedAssociation, type Answer } from "../pan/support/scripted-association.js";
import { of } from "./support/watching.js";

/** Watches a scripted server for unidirectional notifications; the script is asked anew for each connection. */
async function events(
  script: (lose: (error: PanwatchError) => void) => Readonly<Record<string, Answer>>,
  until: (all: readonly WatchEvent[]) => boolean,
): Promise<WatchEvent[]> {
  const options = {
    connection: DEFAULT_CONNECTION,
    retry: { minMs: 1, maxMs: 4, limit: Infinity, waitForServer: false, refusedPauseMs: 0 },
    userFilter: "per-user",
    kinds: [],
    maxSize: 1000,
    notice: () => undefined,
  } as unknown as WatchOptions;
  const reporter = new Reporter();
  const shared = { options, reporter, counters: new Counters(), limit: new Limit(null) };
  const place = { server: "s", printer: null, registration: "r1", channel: null };
  const owner = {
    ...{ options, reporter, ended: () => false, serverEnded: () => true },
    ...{ worked: () => undefined, startFailed: () => null },
  };
  const plan = { type: ASYNC_UI, style: "uni" } as const;
  const registration = new RegistrationWatch(plan, new RegistrationScope(place, ASYNC_UI, shared), owner);
  const connect = () => {
    const scripted: ScriptedAssociation = new ScriptedAssociation(script((error) => scripted.lose(error)));
    return Promise.resolve({ association: scripted.association, close: () => Promise.resolve() });
  };
  const connector = { connect, [Symbol.asyncDispose]: () => Promise.resolve() };
  const places = { registrations: [registration], queues: null };
  const server = new ServerWatch({ ...place, registration: null }, places, connector, owner);
  const run = server.run().then(() => reporter.end());
  const all: WatchEvent[] = [];
  for await (const event of reporter) {
    all.push(event);
    if (until(all)) server.leave();
  }
  await run;
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
    () => ({ GetNotification: (_values, nth) => answers[nth - 1] ?? new Promise(() => undefined) }),
    (told) => of(told, "registered").length === 4,
  );
  expect(of(all, "reconnecting").map(({ attempt, registration }) => [attempt, registration])).toEqual([
    [1, "r1"],
    [1, "r1"],
    [2, "r1"],
  ]);
});

it("a connection that is lost while a failed registration is left is told as its loss alone", async () => {
  let connections = 0;
  const all = await events(
    (lose): Readonly<Record<string, Answer>> => {
      connections += 1;
      if (connections > 1) return {};
      const unregister = (): object => {
        lose(new DisconnectedError("lost"));
        return { result: 0 };
      };
      return { GetNotification: () => notified(null, null, 0x8007000e), UnregisterClient: unregister };
    },
    (told) => of(told, "registered").length === 2,
  );
  expect(of(all, "error")).toEqual([]);
  expect(of(all, "reconnecting").map(({ registration, reason }) => [registration, reason])).toEqual([[null, "lost"]]);
});

it("a connection that is lost with the answer to its first registration leaves a gap", async () => {
  let connections = 0;
  const all = await events(
    (lose): Readonly<Record<string, Answer>> => {
      connections += 1;
      if (connections > 1) return {};
      const register = (): object => {
        lose(new DisconnectedError("lost"));
        return { ppRmtServerReferral: null, result: 0 };
      };
      return { RegisterClient: register };
    },
    (told) => of(told, "registered").length === 2,
  );
  expect(all.map(({ type }) => type)).toEqual(["registered", "reconnecting", "registered", "gap"]);
});
