import { describe, expect, it } from "vitest";
import { BidiRegistration, UniRegistration, type Subscription } from "../../src/pan/registration.js";
import { ASYNC_UI, NOTIFICATION_RELEASE } from "../../src/pan/types.js";
import { deferred } from "../../src/waiting.js";
import { handle, notified, ScriptedAssociation } from "./support/scripted-association.js";

const SUBSCRIPTION: Subscription = { name: null, type: ASYNC_UI, filter: "per-user", maxSize: 1000 };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const named = (...numbers: number[]): object => ({
  pNoOfChannels: numbers.length,
  ppChannelCtxt: numbers.map(handle),
  result: 0,
});

describe("a registration in unidirectional mode", () => {
  it("ends with Unregister, the answer of the parked poll, and Delete, in that order ([MS-PAN] 3.2.2.4)", async () => {
    const poll = deferred<object>();
    const script = new ScriptedAssociation({ GetNotification: () => poll.promise });
    const registration = await UniRegistration.open(script.association, SUBSCRIPTION);
    const next = registration.next().catch(() => "failed");
    const ended = registration.end();
    await turn();
    expect(script.log).toEqual(["Create", "RegisterClient", "GetNotification", "UnregisterClient"]);
    poll.resolve(notified(null, null, 0x8007071a));
    expect(await next).toBe("failed");
    expect(await ended).toEqual([]);
    expect(script.log.slice(3)).toEqual(["UnregisterClient", "Delete"]);
  });

  it("polls no more once its end has begun ([MS-PAN] 3.1.1.4.5)", async () => {
    const script = new ScriptedAssociation();
    const registration = await UniRegistration.open(script.association, SUBSCRIPTION);
    await registration.end();
    await expect(registration.next()).rejects.toMatchObject({ code: "aborted" });
    expect(script.log).not.toContain("GetNotification");
  });

  it("polls only when the server has read what it was sent, and not if its end has begun by then", async () => {
    const [read, later] = [deferred(), deferred()];
    const script = new ScriptedAssociation();
    const registration = await UniRegistration.open(script.association, SUBSCRIPTION);
    script.backlog = read.promise;
    registration.next().catch(() => undefined);
    await turn();
    expect(script.log).not.toContain("GetNotification");
    read.resolve();
    await turn();
    expect(script.log.at(-1)).toBe("GetNotification");
    script.backlog = later.promise;
    const next = registration.next();
    void registration.end();
    later.resolve();
    await expect(next).rejects.toMatchObject({ code: "aborted" });
    expect(script.log.filter((name) => name === "GetNotification")).toHaveLength(1);
  });

  it("is over with NOTIFICATION_RELEASE, whatever came beside it ([MS-PAN] 2.2.1)", async () => {
    const release = notified(NOTIFICATION_RELEASE, Uint8Array.of(1, 2));
    const script = new ScriptedAssociation({ GetNotification: () => release });
    const registration = await UniRegistration.open(script.association, SUBSCRIPTION);
    expect(await registration.next()).toBeNull();
  });

  it("that is refused deletes its object ([MS-PAN] 3.2.1.4)", async () => {
    const script = new ScriptedAssociation({
      RegisterClient: () => ({ ppRmtServerReferral: null, result: 0x80070005 }),
    });
    await expect(UniRegistration.open(script.association, SUBSCRIPTION)).rejects.toMatchObject({ hresult: 0x80070005 });
    expect(script.log).toEqual(["Create", "RegisterClient", "Delete"]);
  });
});

describe("what is registered for", () => {
  it("has the defaults of the command, but for the type", async () => {
    let asked: Readonly<Record<string, unknown>> = {};
    const script = new ScriptedAssociation({ RegisterClient: (values) => void (asked = values) });
    await UniRegistration.open(script.association, { type: ASYNC_UI, filter: undefined });
    expect(asked).toMatchObject({ pName: null, pInNotificationType: ASYNC_UI, NotifyFilter: 0, conversationStyle: 1 });
  });

  it.each([
    ["type", {}],
    ["type", { type: "asyncUI!" }],
    ["type", { type: `{${ASYNC_UI}}` }],
    ["name", { type: ASYNC_UI, name: "" }],
    ["filter", { type: ASYNC_UI, filter: 1 }],
    ["maxSize", { type: ASYNC_UI, maxSize: 0 }],
    ["userFilter", { type: ASYNC_UI, userFilter: "per-user" }],
  ])("a wrong %s is a UsageError that names it, before anything is called", async (name, options) => {
    const script = new ScriptedAssociation();
    const opened = BidiRegistration.open(script.association, options as Subscription);
    const message = expect.stringContaining(`option subscription.${name}`) as string;
    await expect(opened).rejects.toMatchObject({ code: "usage", message });
    expect(script.log).toEqual([]);
  });
});

describe("a registration in bidirectional mode", () => {
  it("adopts each handle once: open, being closed, or just closed ([MS-PAN] 3.1.1.4.3)", async () => {
    const answers = [named(1, 1), named(1, 2), named(1, 2, 3), named(1)];
    const script = new ScriptedAssociation({ GetNewChannel: (_values, nth) => answers[nth - 1] });
    const registration = await BidiRegistration.open(script.association, SUBSCRIPTION);
    const [first] = await registration.nextChannels();
    await first?.release();
    expect(await registration.nextChannels()).toHaveLength(1);
    expect(await registration.nextChannels()).toHaveLength(1);
    await registration.end();
    expect(script.log.filter((call) => call === "CloseChannel")).toHaveLength(3);
  });

  it.each([
    [true, ["CloseChannel", "UnregisterClient", "Delete"]],
    [false, ["UnregisterClient", "Delete"]],
  ])("leaves its channels as it is told (%s)", async (releaseChannels, log) => {
    const script = new ScriptedAssociation({ GetNewChannel: () => named(1) });
    const registration = await BidiRegistration.open(script.association, SUBSCRIPTION);
    await registration.nextChannels();
    await registration.end(releaseChannels);
    expect(script.log.slice(3)).toEqual(log);
  });

  it("releases channels that come while it is being left", async () => {
    const poll = deferred<object>();
    const script = new ScriptedAssociation({ GetNewChannel: () => poll.promise });
    const registration = await BidiRegistration.open(script.association, SUBSCRIPTION);
    const channels = registration.nextChannels();
    const ended = registration.end();
    await turn();
    poll.resolve(named(1));
    expect(await channels).toEqual([]);
    await ended;
    expect(script.log.slice(3)).toEqual(["UnregisterClient", "CloseChannel", "Delete"]);
  });
});
