import { describe, expect, it } from "vitest";
import { ALL_USERS, ASYNC_UI, NOTIFICATION_RELEASE, PRINTER_CONFIGURATION } from "../../../src/pan/types.js";
import { Bench, call, EVERYBODY, PER_USER_BIDI, PER_USER_UNI } from "./harness.js";

describe("RegisterClient ([MS-PAN] 3.1.1.4.1)", () => {
  it.each([
    ["\\\\server\\HP4", 0],
    ["\\\\10.0.0.1\\a queue with spaces", 0],
    ["\\\\[fe80::1]\\q", 0],
    ["no-backslashes", 0x8007007b],
    ["\\\\server", 0x8007007b],
    ["\\\\server\\", 0x8007007b],
    ["\\\\server\\a,b", 0x8007007b],
    ["\\\\server\\a\\b", 0x8007007b],
    ["\\\\\\q", 0x8007007b],
    ["", 0x8007007b],
  ])("3.1.1.4.1: pName %j gives 0x%s", (pName, result) => {
    const client = new Bench().client();
    expect(client.register(client.create(), { ...PER_USER_UNI, pName })).toBe(result);
  });

  it("3.1.1.4.1: knows its queues whatever the case, and no others", () => {
    const client = new Bench({ printers: ["HP4"] }).client();
    expect(client.register(client.create(), { ...PER_USER_UNI, pName: "\\\\s\\hp4" })).toBe(0);
    expect(client.register(client.create(), { ...PER_USER_UNI, pName: "\\\\s\\HP5" })).toBe(0x8007007b);
    expect(client.register(client.create(), PER_USER_UNI)).toBe(0);
  });

  it("3.1.1.4.1: all users only for administrators, whatever domain they logged on with", () => {
    const bench = new Bench({ admins: ["Alice"] });
    const request = { ...PER_USER_UNI, notifyFilter: ALL_USERS };
    const alice = bench.client("ELSEWHERE\\alice");
    const bob = bench.client("bob@realm");
    const nobody = bench.client(null);
    expect(alice.register(alice.create(), request)).toBe(0);
    expect(bob.register(bob.create(), request)).toBe(0x80070005);
    expect(nobody.register(nobody.create(), request)).toBe(0x80070005);
    expect(bench.types()).toEqual(["client.registered", "client.refused", "client.refused"]);
  });

  it("3.1.1.4.1: refuses more registrations than it can hold, and takes the next after one has left", () => {
    const client = new Bench({ maxRegistrations: 1 }).client();
    const first = client.registered(PER_USER_UNI);
    const second = client.create();
    expect(client.register(second, PER_USER_UNI)).toBe(0x80070015);
    client.unregister(first);
    expect(client.register(second, PER_USER_UNI)).toBe(0);
  });

  it("refuses the 2,001st registration of one user over all associations, and none of another's", () => {
    const bench = new Bench();
    const clients = [bench.client("DOM\\alice"), bench.client("OTHER\\Alice")];
    for (const client of clients) for (let i = 0; i < 1000; i++) client.registered(PER_USER_UNI);
    for (const client of clients) expect(client.register(client.create(), PER_USER_UNI)).toBe(0x80070015);
    const bob = bench.client("DOM\\bob");
    expect(bob.register(bob.create(), PER_USER_UNI)).toBe(0);
  });

  it("keeps 64 MiB of notifications for one user that asks for none", () => {
    const bench = new Bench();
    const clients = ["alice", "alice", "bob"].map((user) => bench.client(`DOM\\${user}`));
    const handles = clients.map((client) => client.registered(PER_USER_UNI));
    const delivered = Array.from({ length: 5 }, () => bench.model.notify(EVERYBODY, new Uint8Array(16 * 1024 * 1024)));
    expect(delivered).toEqual([
      { delivered: 3, lost: 0 },
      { delivered: 3, lost: 0 },
      { delivered: 1, lost: 2 },
      { delivered: 1, lost: 2 },
      { delivered: 0, lost: 3 },
    ]);
    clients[0]?.unregister(handles[0] ?? "");
    expect(bench.model.notify(EVERYBODY, new Uint8Array(1))).toEqual({ delivered: 1, lost: 1 });
  });

  it("counts what a user has not read as what waits to be asked for, and loses what is too much", () => {
    const bench = new Bench();
    const client = bench.client();
    const parked = client.getNotification(client.registered(PER_USER_UNI));
    client.client.unread(64 * 1024 * 1024);
    expect(bench.model.notify(EVERYBODY, new Uint8Array(1))).toEqual({ delivered: 0, lost: 1 });
    client.client.unread(-64 * 1024 * 1024);
    expect(bench.model.notify(EVERYBODY, new Uint8Array(1))).toEqual({ delivered: 1, lost: 0 });
    expect(parked.results().result).toBe(0);
  });

  it("takes names to register for of at most 1 KiB", () => {
    const client = new Bench().client();
    const named = (length: number) => ({ ...PER_USER_UNI, pName: `\\\\s\\${"p".repeat(length - 4)}` });
    expect(client.register(client.create(), named(512))).toBe(0);
    expect(client.register(client.create(), named(513))).toBe(0x8007007b);
  });

  it("2.2.2, 2.2.3: refuses values outside the enumerations", () => {
    const client = new Bench().client();
    expect(client.register(client.create(), { ...PER_USER_UNI, notifyFilter: 2 })).toBe(0x80070057);
    expect(client.register(client.create(), { ...PER_USER_UNI, conversationStyle: 7 })).toBe(0x80070057);
  });

  it("2.2.1: NOTIFICATION_RELEASE cannot be registered for", () => {
    const client = new Bench().client();
    const request = { ...PER_USER_UNI, notificationType: NOTIFICATION_RELEASE };
    expect(client.register(client.create(), request)).toBe(0x80040014);
  });

  it("3.1.4.4.1: printer configuration is unidirectional", () => {
    const client = new Bench().client();
    const request = { ...PER_USER_UNI, notificationType: PRINTER_CONFIGURATION };
    expect(client.register(client.create(), request)).toBe(0);
    expect(client.register(client.create(), { ...PER_USER_BIDI, notificationType: PRINTER_CONFIGURATION })).toBe(
      0x80070057,
    );
  });

  it("3.1.1.4.1: one registration at a time for a remote object, again after it was unregistered", () => {
    const client = new Bench().client();
    const handle = client.registered(PER_USER_UNI);
    expect(client.register(handle, PER_USER_UNI)).toBe(0x8004000f);
    expect(client.unregister(handle)).toBe(0);
    expect(client.register(handle, PER_USER_BIDI)).toBe(0);
  });
});

describe("UnregisterClient ([MS-PAN] 3.1.1.4.2)", () => {
  it("3.1.1.4.2: no success without a registration, nor twice", () => {
    const client = new Bench().client();
    const handle = client.create();
    expect(client.unregister(handle)).toBe(0x8004000d);
    client.register(handle, PER_USER_UNI);
    expect(client.unregister(handle)).toBe(0);
    expect(client.unregister(handle)).toBe(0x8004000e);
  });

  it("3.1.1.4.2: does not wait for a parked GetNotification, which ends with 0x8007071A", () => {
    const client = new Bench().client();
    const handle = client.registered(PER_USER_UNI);
    const poll = client.getNotification(handle);
    expect(poll.outcome()).toBeNull();
    expect(client.unregister(handle)).toBe(0);
    expect(poll.results()).toEqual({ result: 0x8007071a, notification: null });
  });

  it("3.1.1.4.2: does not wait for a parked GetNewChannel, which ends with 0x8007071A", () => {
    const client = new Bench().client();
    const handle = client.registered(PER_USER_BIDI);
    const poll = client.getNewChannel(handle);
    expect(poll.outcome()).toBeNull();
    expect(client.unregister(handle)).toBe(0);
    expect(poll.results()).toEqual({ result: 0x8007071a, channels: [] });
  });
});

describe("context handles ([MS-PAN] 2.2.4, 2.2.5; [MS-RPCE] 3.3.1.4.1)", () => {
  const CONTEXT_MISMATCH = { kind: "fault", status: 0x1c00001a };

  it("are faults when they are unknown, of the other type, deleted or another client's", () => {
    const bench = new Bench();
    bench.model.open({ type: ASYNC_UI, printer: null, user: null }, null);
    const client = bench.client();
    const channel = client.channel();
    const object = client.create();
    const stranger = bench.client();
    expect(client.getNotification(channel).outcome()).toEqual(CONTEXT_MISMATCH);
    expect(client.sendResponse(object).outcome()).toEqual(CONTEXT_MISMATCH);
    expect(stranger.getNotification(object).outcome()).toEqual(CONTEXT_MISMATCH);
    expect(stranger.sendResponse(channel).outcome()).toEqual(CONTEXT_MISMATCH);
    expect(client.getNewChannel("00000000-0000-0000-0000-000000000000").outcome()).toEqual(CONTEXT_MISMATCH);
    call<null>((answer) => client.client.delete(object, answer)).results();
    expect(client.getNotification(object).outcome()).toEqual(CONTEXT_MISMATCH);
    expect(call<null>((answer) => client.client.delete(object, answer)).outcome()).toEqual(CONTEXT_MISMATCH);
  });

  it("are limited in number for each client", () => {
    const client = new Bench().client();
    for (let i = 0; i < 10_000; i++) client.create();
    expect(
      call((answer: Parameters<typeof client.client.create>[0]) => client.client.create(answer)).results(),
    ).toEqual({ result: 0x8007000e, handle: null });
  });

  it("count channels too: those for which there is no room come when there is", () => {
    const bench = new Bench();
    const client = bench.client();
    const registration = client.registered(PER_USER_BIDI);
    for (let i = 0; i < 3; i++) bench.model.open(EVERYBODY, null);
    const [spare] = Array.from({ length: 9_997 }, () => client.create());
    expect(client.getNewChannel(registration).results().channels).toHaveLength(2);
    expect(client.getNewChannel(registration).results()).toEqual({ result: 0x8007000e, channels: [] });
    call<null>((answer) => client.client.delete(spare ?? "", answer)).results();
    expect(client.getNewChannel(registration).results().channels).toHaveLength(1);
  });
});

describe("Delete ([MS-PAN] 3.1.2.4.2)", () => {
  it("3.1.1.4.5: a parked GetNotification returns NOTIFICATION_RELEASE, and nothing stays registered", () => {
    const bench = new Bench();
    const client = bench.client();
    const handle = client.registered(PER_USER_UNI);
    const poll = client.getNotification(handle);
    call<null>((answer) => client.client.delete(handle, answer)).results();
    expect(poll.results()).toMatchObject({ result: 0, notification: { type: NOTIFICATION_RELEASE } });
    expect(bench.model.registrations).toBe(0);
  });

  it("3.1.1.4.3: a parked GetNewChannel ends with 0x8007071A", () => {
    const client = new Bench().client();
    const handle = client.registered(PER_USER_BIDI);
    const poll = client.getNewChannel(handle);
    call<null>((answer) => client.client.delete(handle, answer)).results();
    expect(poll.results()).toEqual({ result: 0x8007071a, channels: [] });
  });
});

describe("rundown ([MS-RPCE] 3.3.1.4.1)", () => {
  it("takes everything that a client held with it", () => {
    const bench = new Bench();
    bench.model.open({ type: ASYNC_UI, printer: null, user: null }, null);
    const client = bench.client();
    client.create();
    client.registered(PER_USER_UNI);
    const channel = client.channel();
    client.sendResponse(channel);
    expect(client.client.rundown()).toEqual({ registrations: 2, objects: 3, channels: 1 });
    expect(bench.model.registrations).toBe(0);
    expect(bench.model.notify({ type: ASYNC_UI, printer: null, user: null }, new Uint8Array(1))).toEqual({
      delivered: 0,
      lost: 0,
    });
    expect(client.client.rundown()).toEqual({ registrations: 0, objects: 0, channels: 0 });
  });
});
