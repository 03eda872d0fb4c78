import { describe, expect, it } from "vitest";
import { DisconnectedError } from "../../src/errors.js";
import { defaultStringTables } from "../../src/notifications/strings/string-tables.js";
import type { Reply } from "../../src/notifications/model.js";
import { Channel } from "../../src/pan/channel.js";
import { ASYNC_UI, NOTIFICATION_RELEASE } from "../../src/pan/types.js";
import { customUiDocument, messageBoxDocument } from "../../src/print-server/documents/asyncui.js";
import { Budget, UNBOUNDED } from "../../src/rpc/budget.js";
import { watchChannel } from "../../src/watch/channel-watch.js";
import type { WatchEvent } from "../../src/watch/events.js";
import type { WatchOptions } from "../../src/watch/options.js";
import { Reporter } from "../../src/watch/reporter.js";
import { Counters, Limit, RegistrationScope } from "../../src/watch/scope.js";
import { handle, notified, ScriptedAssociation, type Answer } from "../pan/support/scripted-association.js";
import { of } from "./support/watching.js";

const BOX = messageBoxDocument({ title: "T", bodies: ["B"], buttons: [{ id: "IDOK", label: null }] });
const CUSTOM = customUiDocument({ dll: "a.dll", entrypoint: "e", bidi: true }, "?");
const OK: Reply = { kind: "button", button: { index: 1, id: "IDOK", replyValue: 1, label: "OK" } };
const TEXT: Reply = { kind: "text", text: "yes" };

interface Given extends Partial<WatchOptions> {
  readonly leaving?: AbortController;
  readonly budget?: Budget;
}

/** Follows a channel that brings a document, which is answered with a reply; the script is that of the server. */
async function watched(
  document: Uint8Array,
  reply: Reply,
  script: Readonly<Record<string, Answer>> = {},
  { leaving = new AbortController(), budget = UNBOUNDED, ...given }: Given = {},
) {
  const scripted = new ScriptedAssociation({
    GetNotificationSendResponse: () => ({ pChannel: handle(1), ...notified(ASYNC_UI, document) }),
    ...script,
  });
  const options = {
    ...{ kinds: null, accept: null, dryRun: false, strings: defaultStringTables },
    answer: () => Promise.resolve({ via: "library", reply }),
    ...given,
  } as unknown as WatchOptions;
  const reporter = new Reporter();
  const shared = { options, reporter, counters: new Counters(), limit: new Limit(null) };
  const place = { server: "s", printer: null, registration: "r1", channel: "c1" };
  const channel = new Channel(scripted.association, handle(1), { type: ASYNC_UI, maxSize: 10_000 });
  const scope = new RegistrationScope(place, ASYNC_UI, shared);
  const error = await watchChannel(channel, scope, { signal: leaving.signal, budget });
  reporter.end();
  const events: WatchEvent[] = [];
  for await (const event of reporter) events.push(event);
  return { error, events, log: scripted.log };
}

it.each<[string, Uint8Array, Reply]>([
  ["a text does not answer a messageBox: it takes a button", BOX, TEXT],
  ["a button does not answer a customUi: it takes a text", CUSTOM, OK],
])("%s, and the channel is released", async (message, document, reply) => {
  const closed: unknown[] = [];
  const { events } = await watched(document, reply, {
    CloseChannel: (values) => (closed.push(values["pInNotificationType"]), { pChannel: handle(1), result: 0 }),
  });
  expect(of(events, "error")).toMatchObject([{ code: "reply", stage: "reply", message, fatal: false }]);
  expect(closed).toEqual([NOTIFICATION_RELEASE]);
  expect(events.map(({ type }) => type).slice(-1)).toEqual(["channel.released"]);
  expect(of(events, "reply.sent")).toEqual([]);
});

it.each<[string, Uint8Array, Reply]>([
  ["a button", BOX, OK],
  ["a text", CUSTOM, TEXT],
])("%s whose CloseChannel is lost is told as rejected, with no result ([MS-PAN] 3.1.1.4.6)", async (...parts) => {
  const [, document, reply] = parts;
  const lost = new DisconnectedError("gone");
  const { error, events, log } = await watched(document, reply, { CloseChannel: () => Promise.reject(lost) });
  expect(of(events, "reply.rejected")).toMatchObject([
    {
      replyTo: "n1",
      result: null,
      message: expect.stringContaining("whether the reply was accepted is unknown") as string,
    },
  ]);
  expect(of(events, "reply.sent")).toEqual([]);
  expect(error).toBe(lost);
  expect(log).toEqual(["GetNotificationSendResponse", "CloseChannel"]);
});

it.each([
  ["after the connection is lost, which has been told", new DisconnectedError("gone"), ["reply.sent"]],
  ["while we leave", undefined, ["reply.sent", "channel.closed"]],
])("a reply that is answered %s", async (_when, reason, told) => {
  const leaving = new AbortController();
  const close: Answer = () => (leaving.abort(reason), { pChannel: handle(1), result: 0 });
  const { events } = await watched(BOX, OK, { CloseChannel: close }, { leaving });
  expect(events.map(({ type }) => type).slice(2)).toEqual(told);
});

describe("a notification on a channel", () => {
  /** Watches the box with this budget; what was held while its channel was closed. */
  async function heldWhileClosing(budget: Budget) {
    const held: number[] = [];
    const close: Answer = () => (held.push(budget.held), { pChannel: handle(1), result: 0 });
    return { ...(await watched(BOX, OK, { CloseChannel: close }, { budget })), held };
  }

  it("counts against the server's budget until its channel is closed, and as an event until it is read", async () => {
    const budget = new Budget(100_000);
    const { events, held } = await heldWhileClosing(budget);
    expect(of(events, "reply.sent")).toHaveLength(1);
    expect(held[0]).toBeGreaterThan(2 * BOX.length);
    expect(budget.held).toBe(0);
  });

  it("is shown, told of and released where that has no room for it, so that others can answer", async () => {
    const { held } = await heldWhileClosing(new Budget(100_000));
    const budget = new Budget(1.5 * (held[0] ?? 0));
    const { error, events, log } = await watched(BOX, OK, {}, { budget });
    expect(error).toBeNull();
    expect(events.map(({ type }) => type)).toEqual(["channel.opened", "notification", "error", "channel.released"]);
    expect(of(events, "error")).toMatchObject([{ code: "too-large", stage: "channel", fatal: false }]);
    expect(log).toEqual(["GetNotificationSendResponse", "CloseChannel"]);
    expect(budget.held).toBe(0);
  });
});

it("a notification that is not shown is released at once ([MS-PAN] 3.1.1.4.6)", async () => {
  const closed: unknown[] = [];
  const script = {
    CloseChannel: (values) => (closed.push(values["pInNotificationType"]), { result: 0 }),
  } satisfies Record<string, Answer>;
  const { events } = await watched(BOX, OK, script, { kinds: ["balloon"] });
  expect(closed).toEqual([NOTIFICATION_RELEASE]);
  expect(events.map(({ type }) => type)).toEqual(["channel.opened", "channel.released"]);
});

it("an answer that comes when we leave is not sent: whoever leaves releases the channel", async () => {
  const leaving = new AbortController();
  const answer = () => {
    leaving.abort();
    return Promise.resolve({ via: "library", reply: OK } as const);
  };
  const { events, log } = await watched(BOX, OK, {}, { answer, leaving });
  expect(log).toEqual(["GetNotificationSendResponse"]);
  expect(events.map(({ type }) => type)).toEqual(["channel.opened", "notification"]);
});
