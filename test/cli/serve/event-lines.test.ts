import { describe, expect, it } from "vitest";
import { eventLine } from "../../../src/cli/serve/event-lines.js";
import { encodeReply } from "../../../src/notifications/reply.js";
import { ASYNC_UI } from "../../../src/pan/types.js";
import type { ChannelOrigin, ClientEvent, RegistrationOrigin } from "../../../src/print-server/model/events.js";

const REGISTRATION: RegistrationOrigin = {
  client: 1,
  user: "DOM\\alice",
  registration: 2,
  printer: "HP4",
  notificationType: ASYNC_UI,
  style: "bidi",
  userFilter: "per-user",
};
const ORIGIN: ChannelOrigin = { ...REGISTRATION, channel: "c3" };
const TIME = new Date("2024-01-02T03:04:05.678Z");

describe("lines about clients", () => {
  it("tell who, what and when in the same fields", () => {
    expect(eventLine({ ...REGISTRATION, type: "client.registered" }, TIME)).toEqual({
      type: "client.registered",
      time: "2024-01-02T03:04:05.678Z",
      client: 1,
      user: "DOM\\alice",
      registration: "r2",
      channel: null,
      printer: "HP4",
      notificationType: { guid: ASYNC_UI, name: "asyncui" },
      style: "bidi",
      userFilter: "per-user",
    });
  });

  const replied = (data: Uint8Array, notificationType = ASYNC_UI): ClientEvent => ({
    ...ORIGIN,
    notificationType,
    type: "client.replied",
    via: "CloseChannel",
    data,
  });

  it("decode what was replied", () => {
    const button = { index: 1, id: "3", replyValue: 3, label: "Retry" };
    expect(eventLine(replied(encodeReply({ kind: "button", button })), TIME)).toMatchObject({
      channel: "c3",
      via: "CloseChannel",
      buttonId: 3,
      text: null,
      problem: null,
    });
    expect(eventLine(replied(encodeReply({ kind: "text", text: "yes" })), TIME)).toMatchObject({
      buttonId: null,
      text: "yes",
      data: { bytes: expect.any(Number) as number },
    });
  });

  it("carry replies that are none, and those of other types, as bytes", () => {
    const line = eventLine(replied(Buffer.from("no")), TIME);
    expect(line).toMatchObject({ buttonId: null, text: null, data: { text: "no", base64: "bm8=", bytes: 2 } });
    expect(line).toHaveProperty("problem", expect.any(String));
    const other = replied(Uint8Array.of(0xff, 0, 0xff), "25df3b0e-74a9-47f5-80ce-79b4b1eb5c58");
    expect(eventLine(other, TIME)).toMatchObject({
      notificationType: { name: null },
      problem: null,
      data: { text: null },
    });
  });

  it("write HRESULTs as hexadecimal digits", () => {
    const refused = eventLine(
      { client: 1, user: null, type: "client.refused", printer: "x", hresult: 0x80070005 },
      TIME,
    );
    expect(refused).toMatchObject({ hresult: "0x80070005", printer: "x" });
    expect(eventLine({ ...ORIGIN, type: "client.rejected", hresult: 0x00040010 }, TIME)).toMatchObject({
      hresult: "0x00040010",
    });
    expect(
      eventLine({ ...REGISTRATION, type: "client.waiting", method: "GetNewChannel", channel: null }, TIME),
    ).toBeNull();
  });
});
