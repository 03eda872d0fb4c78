import { describe, expect, it } from "vitest";
import { Visit, type EndedObject } from "../../../src/cli/doctor/visit.js";
import { DisconnectedError } from "../../../src/errors.js";
import { ASYNC_UI, UNIDIRECTIONAL } from "../../../src/pan/types.js";
import type { Subscription } from "../../../src/pan/registration.js";
import { deferred } from "../../../src/waiting.js";
import { handle, notified, ScriptedAssociation, type Answer } from "../../pan/support/scripted-association.js";

const SUBSCRIPTION: Subscription = { name: null, type: ASYNC_UI, filter: "per-user", maxSize: 1000 };
const PARAMETERS = { name: null, type: ASYNC_UI, filter: "per-user", style: UNIDIRECTIONAL } as const;
const TERMINATED = 0x8007071a;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A visit to a scripted server; the calls that begin and end objects are logged with the object's number. */
function visiting(script: Readonly<Record<string, Answer>> = {}, timeoutMs = 20_000) {
  const scripted = new ScriptedAssociation({
    Create: (_values, nth) => ({ ppRemoteObj: handle(nth), result: 0 }),
    ...script,
  });
  const controller = new AbortController();
  const visit = new Visit(scripted.association, { timeoutMs, signal: controller.signal });
  return { scripted, visit, interrupt: () => controller.abort() };
}

/** What the calls of a method were made for, in their order. */
function objectsOf(field: string): { readonly seen: unknown[]; readonly answer: Answer } {
  const seen: unknown[] = [];
  const answer: Answer = (values) => {
    seen.push(values[field]);
    return { ppRemoteObj: values[field], result: 0 };
  };
  return { seen, answer };
}

const courseOf = (ended: readonly EndedObject[]) => ended.map(({ step, error }) => [step, error?.message ?? null]);
const named = (...numbers: number[]): object => ({
  pNoOfChannels: numbers.length,
  ppChannelCtxt: numbers.map(handle),
  result: 0,
});

describe("leaving", () => {
  it("unregisters, takes the answer of the parked poll, and deletes ([MS-PAN] 3.2.2.4)", async () => {
    const poll = deferred<object>();
    const { scripted, visit } = visiting({ GetNotification: () => poll.promise });
    await visit.create();
    await visit.register(PARAMETERS);
    const left = visit.leave();
    await turn();
    expect(scripted.log).toEqual(["Create", "RegisterClient", "GetNotification", "UnregisterClient"]);
    poll.resolve(notified(null, null, TERMINATED));
    expect(courseOf(await left)).toEqual([
      ["unregister", null],
      ["delete", null],
    ]);
    expect(scripted.log.slice(3)).toEqual(["UnregisterClient", "Delete"]);
  });

  it("ends all registrations, the last one first and its own object last", async () => {
    const [unregistered, deleted] = [objectsOf("pRegistrationObj"), objectsOf("ppRemoteObj")];
    const { visit } = visiting({
      UnregisterClient: unregistered.answer,
      Delete: deleted.answer,
    });
    await visit.create();
    await visit.tryToRegister("uni", SUBSCRIPTION);
    await visit.tryToRegister("bidi", SUBSCRIPTION);
    await visit.leave();
    expect(unregistered.seen).toEqual([handle(3), handle(2)]);
    expect(deleted.seen).toEqual([handle(3), handle(2), handle(1)]);
  });

  it("deletes without waiting for the poll where Unregister failed ([MS-PAN] 3.1.1.4.5)", async () => {
    const { scripted, visit } = visiting({ UnregisterClient: () => ({ result: 0x8007000e }) });
    await visit.create();
    await visit.register(PARAMETERS);
    const course = courseOf(await visit.leave());
    expect(course).toEqual([
      ["unregister", expect.stringContaining("0x8007000E")],
      ["delete", null],
    ]);
    expect(scripted.log.slice(-2)).toEqual(["UnregisterClient", "Delete"]);
  });

  it("only deletes an object whose registration was refused", async () => {
    const refused = { RegisterClient: () => ({ ppRmtServerReferral: null, result: 0x80070005 }) };
    const { scripted, visit } = visiting(refused);
    await visit.create();
    await expect(visit.register(PARAMETERS)).rejects.toMatchObject({ hresult: 0x80070005 });
    expect(visit.over).toBeNull();
    expect(courseOf(await visit.leave())).toEqual([["delete", null]]);
    expect(scripted.log).toEqual(["Create", "RegisterClient", "Delete"]);
  });

  it("calls nothing any more when the connection is gone", async () => {
    const { scripted, visit } = visiting();
    await visit.create();
    scripted.lose(new DisconnectedError("lost"));
    await turn();
    expect(await visit.leave()).toEqual([]);
    expect(scripted.log).toEqual(["Create"]);
  });
});

describe("channels that come meanwhile", () => {
  it("go back at once, before anything is unregistered", async () => {
    const closing = deferred<object>();
    const { scripted, visit } = visiting({
      CloseChannel: () => closing.promise,
      GetNewChannel: (_values, nth) => (nth === 1 ? named(1, 2) : undefined),
    });
    await visit.tryToRegister("bidi", SUBSCRIPTION);
    await turn();
    const left = visit.leave();
    await turn();
    expect(scripted.log).toEqual([
      ...["Create", "RegisterClient", "GetNewChannel"],
      ...["CloseChannel", "CloseChannel", "GetNewChannel"],
    ]);
    closing.resolve({ pChannel: handle(1), result: 0 });
    await left;
    expect(scripted.log.slice(6)).toEqual(["UnregisterClient", "Delete"]);
  });

  it("are left alone after 0x8007071A: only Unregister and Delete may follow ([MS-PAN] 3.1.1.4.3)", async () => {
    const closing = deferred<object>();
    const { scripted, visit } = visiting({
      GetNewChannel: (_values, nth) =>
        nth === 1 ? named(1) : { pNoOfChannels: 0, ppChannelCtxt: null, result: TERMINATED },
      CloseChannel: () => closing.promise,
    });
    await visit.tryToRegister("bidi", SUBSCRIPTION);
    await turn();
    expect(visit.over).toMatchObject({ meaning: "terminated" });
    closing.resolve({ pChannel: handle(1), result: 0 });
    await visit.leave();
    expect(scripted.log.filter((call) => call === "CloseChannel")).toHaveLength(1);
    expect(scripted.log.slice(-2)).toEqual(["UnregisterClient", "Delete"]);
  });
});

describe("a call without an answer", () => {
  it("ends the visit, and what it leaves on the server is deleted when the answer comes", async () => {
    const answer = deferred<object>();
    const { scripted, visit } = visiting({ Create: () => answer.promise }, 1);
    await expect(visit.create()).rejects.toThrow("did not answer in time");
    expect(visit.over).toMatchObject({ code: "unreachable" });
    answer.resolve({ ppRemoteObj: handle(1), result: 0 });
    await turn();
    await visit.leave();
    expect(scripted.log).toEqual(["Create", "Delete"]);
  });

  it("is given up when the doctor is interrupted, and leaving waits for it", async () => {
    const answer = deferred<object>();
    const { scripted, visit, interrupt } = visiting({ Create: () => answer.promise });
    const created = visit.create();
    interrupt();
    await expect(created).rejects.toMatchObject({ code: "aborted" });
    const left = visit.leave();
    answer.resolve({ ppRemoteObj: handle(1), result: 0 });
    expect(courseOf(await left)).toEqual([["delete", null]]);
    expect(scripted.log).toEqual(["Create", "Delete"]);
  });
});
