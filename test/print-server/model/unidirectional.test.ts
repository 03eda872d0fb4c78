import { describe, expect, it } from "vitest";
import { ALL_USERS, ASYNC_UI, PRINTER_CONFIGURATION } from "../../../src/pan/types.js";
import type { Audience } from "../../../src/print-server/model/source.js";
import { Bench, EVERYBODY, PER_USER_BIDI, PER_USER_UNI, text } from "./harness.js";

const bytes = (value: string): Uint8Array => Buffer.from(value);

describe("GetNotification ([MS-PAN] 3.1.1.4.5)", () => {
  it("3.1.1.4.5: returns what was queued, oldest first, then waits for the next", () => {
    const bench = new Bench();
    const client = bench.client();
    const handle = client.registered(PER_USER_UNI);
    for (const value of ["a", "b"]) bench.model.notify(EVERYBODY, bytes(value));
    expect(text(client.getNotification(handle).results().notification?.data)).toBe("a");
    expect(client.getNotification(handle).results()).toMatchObject({ result: 0, notification: { type: ASYNC_UI } });
    const parked = client.getNotification(handle);
    expect(parked.outcome()).toBeNull();
    expect(bench.model.notify(EVERYBODY, bytes("c"))).toEqual({ delivered: 1, lost: 0 });
    expect(text(parked.results().notification?.data)).toBe("c");
  });

  it("3.1.1.4.5: a second call while one is parked is refused, and the parked one goes on", () => {
    const bench = new Bench();
    const client = bench.client();
    const handle = client.registered(PER_USER_UNI);
    const parked = client.getNotification(handle);
    expect(client.getNotification(handle).results().result).toBe(0x8004000c);
    bench.model.notify(EVERYBODY, bytes("a"));
    expect(parked.results().result).toBe(0);
  });

  it("3.1.1.4.5: needs a unidirectional registration that is not unregistered", () => {
    const client = new Bench().client();
    const handle = client.create();
    expect(client.getNotification(handle).results().result).toBe(0x8004000d);
    expect(client.getNotification(client.registered(PER_USER_BIDI)).results().result).toBe(0x80070057);
    client.register(handle, PER_USER_UNI);
    client.unregister(handle);
    expect(client.getNotification(handle).results().result).toBe(0x8007071a);
  });

  it("3.1.1.4.5 note 10: keeps 100 notifications for a client without a parked call, and loses the newest", () => {
    const bench = new Bench();
    const client = bench.client();
    const handle = client.registered(PER_USER_UNI);
    for (let i = 0; i < 100; i++)
      expect(bench.model.notify(EVERYBODY, bytes(`${i}`))).toEqual({ delivered: 1, lost: 0 });
    expect(bench.model.notify(EVERYBODY, bytes("too many"))).toEqual({ delivered: 0, lost: 1 });
    const received = Array.from({ length: 100 }, () =>
      text(client.getNotification(handle).results().notification?.data),
    );
    expect(received).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
    expect(client.getNotification(handle).outcome()).toBeNull();
  });

  it("3.1.1.4.5: a call that the client withdrew takes no notification with it", () => {
    const bench = new Bench();
    const client = bench.client();
    const handle = client.registered(PER_USER_UNI);
    const cancelled = client.getNotification(handle);
    expect(cancelled.answer.withdraw()).toBe(true);
    bench.model.notify(EVERYBODY, bytes("a"));
    expect(cancelled.outcome()).toBeNull();
    expect(text(client.getNotification(handle).results().notification?.data)).toBe("a");
  });

  it("3.1.1.4.5: after termination the parked call and all later ones fail with 0x8007071A", () => {
    const bench = new Bench();
    const client = bench.client();
    const handle = client.registered(PER_USER_UNI);
    const parked = client.getNotification(handle);
    bench.model.terminate();
    expect(parked.results().result).toBe(0x8007071a);
    expect(client.getNotification(handle).results().result).toBe(0x8007071a);
    expect(client.unregister(handle)).toBe(0);
  });

  it("3.1.1.4.5: notifications without a registration are discarded", () => {
    const bench = new Bench();
    expect(bench.model.notify(EVERYBODY, bytes("a"))).toEqual({ delivered: 0, lost: 0 });
    const client = bench.client();
    expect(client.getNotification(client.registered(PER_USER_UNI)).outcome()).toBeNull();
  });
});

describe("who gets a notification ([MS-PAN] 2.2.2, 3.1.1.6)", () => {
  const reached = (bench: Bench, audience: Partial<Audience>): number =>
    bench.model.notify({ ...EVERYBODY, ...audience }, bytes("a")).delivered;

  it("2.2.2: a user's own and what is for everybody, not what is for others", () => {
    const bench = new Bench();
    const alice = bench.client("DOM\\alice");
    alice.registered(PER_USER_UNI);
    expect(reached(bench, { user: null })).toBe(1);
    expect(reached(bench, { user: "ALICE" })).toBe(1);
    expect(reached(bench, { user: "alice@realm.test" })).toBe(1);
    expect(reached(bench, { user: "bob" })).toBe(0);
  });

  it("2.2.2: all users get what is for anybody", () => {
    const bench = new Bench({ admins: ["alice"] });
    const alice = bench.client("alice");
    alice.registered({ ...PER_USER_UNI, notifyFilter: ALL_USERS });
    expect(reached(bench, { user: "bob" })).toBe(1);
    expect(reached(bench, { user: null })).toBe(1);
  });

  it("3.1.1.6: only registrations of its type", () => {
    const bench = new Bench();
    bench.client().registered(PER_USER_UNI);
    expect(reached(bench, { type: PRINTER_CONFIGURATION })).toBe(0);
  });

  it("3.1.1.6: only registrations in unidirectional mode", () => {
    const bench = new Bench();
    bench.client().registered(PER_USER_BIDI);
    expect(reached(bench, {})).toBe(0);
  });

  it("3.1.1.4.1: a queue's registrations get what is for that queue or the server, the server's get everything", () => {
    const bench = new Bench();
    const client = bench.client();
    client.registered({ ...PER_USER_UNI, pName: "\\\\s\\HP4" });
    expect(reached(bench, { printer: "hp4" })).toBe(1);
    expect(reached(bench, { printer: "HP5" })).toBe(0);
    expect(reached(bench, { printer: null })).toBe(1);
    client.registered(PER_USER_UNI);
    expect(reached(bench, { printer: "HP5" })).toBe(1);
  });
});
