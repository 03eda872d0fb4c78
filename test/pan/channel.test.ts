import { afterEach, describe, expect, it, vi } from "vitest";
import { DecodeError, DisconnectedError, FaultError, PanwatchError } from "../../src/errors.js";
import { NULL_HANDLE } from "../../src/ndr/types.js";
import { Channel, CLOSE_TIMEOUT_MS } from "../../src/pan/channel.js";
import { deferred } from "../../src/waiting.js";
import { ASYNC_UI, NOTIFICATION_RELEASE, PRINTER_CONFIGURATION } from "../../src/pan/types.js";
import { handle, notified, parked, ScriptedAssociation, type Answer } from "./support/scripted-association.js";

const DATA = Uint8Array.of(1, 2, 3, 4);
const LIVE = { pChannel: handle(1) };
const GONE = { pChannel: NULL_HANDLE };

function channel(script: Readonly<Record<string, Answer>>, type = ASYNC_UI) {
  const scripted = new ScriptedAssociation(script);
  return { scripted, channel: new Channel(scripted.association, handle(1), { type, maxSize: 1000 }) };
}

const waits = (answer: () => object): Record<string, Answer> => ({ GetNotificationSendResponse: answer });

afterEach(() => void vi.useRealTimers());

describe("a wait on a channel", () => {
  it("is first made without type and data ([MS-PAN] 3.1.1.4.4)", async () => {
    let asked: unknown;
    const { channel: one } = channel({ GetNotificationSendResponse: (values) => ((asked = values), parked()) });
    void one.listen();
    await Promise.resolve();
    expect(asked).toMatchObject({ pInNotificationType: null, InSize: 0, pInNotificationData: null });
  });

  it.each<[string, () => object]>([
    ["an HRESULT", () => ({ ...LIVE, ...notified(null, null, 0x80040014) })],
    ["0x8007071A", () => ({ ...LIVE, ...notified(null, null, 0x8007071a) })],
    ["a fault", () => Promise.reject(new FaultError(0x6f7, "fault"))],
    ["an answer that cannot be read", () => Promise.reject(new DecodeError("x", 0, "bad"))],
    ["a notification that is too large", () => ({ ...LIVE, ...notified(ASYNC_UI, new Uint8Array(1001)) })],
  ])("that ends in %s closes the channel, once ([MS-PAN] 3.1.1.4.4)", async (_what, answer) => {
    const { scripted, channel: one } = channel(waits(answer));
    await expect(one.listen()).rejects.toBeInstanceOf(PanwatchError);
    expect(scripted.log).toEqual(["GetNotificationSendResponse", "CloseChannel"]);
  });

  it("that ends with the connection, or with the channel, closes nothing", async () => {
    for (const answer of [
      () => Promise.reject(new DisconnectedError("lost")),
      () => ({ ...GONE, ...notified(null, null, 0x80040008) }),
    ]) {
      const { scripted, channel: one } = channel(waits(answer));
      await expect(one.listen()).rejects.toBeInstanceOf(PanwatchError);
      expect(scripted.log).toEqual(["GetNotificationSendResponse"]);
    }
  });

  it("ignores data beside NOTIFICATION_RELEASE (3.1.1.4.4)", async () => {
    const kinds: string[] = [];
    for (const end of [LIVE, GONE]) {
      const { channel: one } = channel(waits(() => ({ ...end, ...notified(NOTIFICATION_RELEASE, DATA) })));
      kinds.push((await one.listen()).kind);
    }
    expect(kinds).toEqual(["closed", "acquired"]);
  });

  it("that brings NOTIFICATION_RELEASE on a live channel closes it", async () => {
    const { scripted, channel: one } = channel(waits(() => ({ ...LIVE, ...notified(NOTIFICATION_RELEASE, DATA) })));
    expect(await one.listen()).toMatchObject({ kind: "closed" });
    expect(scripted.log).toEqual(["GetNotificationSendResponse", "CloseChannel"]);
  });

  it.each([
    ["acquired", 0],
    ["acquired", 0x00040010],
    ["closed", 0x00040001],
  ])("whose channel is gone tells it as %s for 0x%s", async (kind, result) => {
    const { channel: one } = channel(waits(() => ({ ...GONE, ...notified(NOTIFICATION_RELEASE, null, result) })));
    expect(await one.listen()).toMatchObject({ kind });
  });

  it("that brings a notification after the channel was released leaves it so (3.1.1.4.6)", async () => {
    const bring = deferred<object>();
    const { scripted, channel: one } = channel(waits(() => bring.promise));
    const waiting = one.listen();
    await one.release();
    bring.resolve({ ...LIVE, ...notified(ASYNC_UI, DATA) });
    const turn = await waiting;
    expect.assert(turn.kind === "notification");
    await turn.channel.release();
    await expect(turn.channel.close(DATA)).rejects.toThrow("the channel cannot be answered: it is closed");
    expect(scripted.log).toEqual(["GetNotificationSendResponse", "CloseChannel"]);
  });

  it("after a response whose channel is gone tells it as closed, and never as acquired (figure 11)", async () => {
    let nth = 0;
    const answer = (): object =>
      ++nth === 1 ? { ...LIVE, ...notified(null, DATA) } : { ...GONE, ...notified(NOTIFICATION_RELEASE, null) };
    const { channel: one } = channel(waits(answer), PRINTER_CONFIGURATION);
    const turn = await one.listen();
    if (turn.kind !== "notification") throw new Error("nothing came");
    expect(await turn.channel.respond(DATA)).toMatchObject({ kind: "closed" });
  });
});

describe("a channel that is held", () => {
  async function held(close: Answer) {
    const { scripted, channel: one } = channel({
      ...waits(() => ({ ...LIVE, ...notified(null, DATA) })),
      CloseChannel: close,
    });
    const turn = await one.listen();
    if (turn.kind !== "notification") throw new Error("nothing came");
    return { scripted, held: turn.channel };
  }

  it("tells whether the reply was accepted, or another client was faster ([MS-PAN] 3.1.1.4.6)", async () => {
    const first = await held(() => ({ ...GONE, result: 0 }));
    expect(await first.held.close(DATA)).toEqual({ code: 0, accepted: true });
    const second = await held(() => ({ ...GONE, result: 0x00040010 }));
    expect(await second.held.close(DATA)).toEqual({ code: 0x00040010, accepted: false });
  });

  it("is never closed twice, whatever the answer was", async () => {
    const { scripted, held: one } = await held(() => ({ ...GONE, result: 0x80040012 }));
    await expect(one.close(DATA)).rejects.toMatchObject({ hresult: 0x80040012 });
    await one.release();
    await expect(one.close(DATA)).rejects.toMatchObject({ code: "reply" });
    expect(scripted.log.filter((name) => name === "CloseChannel")).toHaveLength(1);
  });

  it("is over after 5 minutes without an answer of CloseChannel", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { held: one } = await held(
      (_values, _nth, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error))),
    );
    const closed = one.close(DATA);
    vi.advanceTimersByTime(CLOSE_TIMEOUT_MS);
    await expect(closed).rejects.toMatchObject({ code: "timeout", meaning: "own" });
  });

  it("of AsyncUI is not answered by a response ([MS-PAN] 3.1.3.4.2)", async () => {
    const { scripted, held: one } = await held(() => ({ ...GONE, result: 0 }));
    await expect(one.respond(DATA)).rejects.toMatchObject({ code: "reply" });
    expect(scripted.log).toEqual(["GetNotificationSendResponse"]);
  });
});
