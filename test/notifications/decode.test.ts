import { describe, expect, it } from "vitest";
import { decodeNotification } from "../../src/notifications/decode.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../src/notifications/notification-types.js";
import * as pan from "../../src/pan/types.js";
import { CONTEXT, request, utf16 } from "./documents.js";

describe("decoding a notification by its type", () => {
  const balloon = utf16(request("<balloonUI><title>T</title></balloonUI>"));

  it("knows the same types as the protocol", () => {
    expect([ASYNC_UI, PRINTER_CONFIGURATION]).toEqual([pan.ASYNC_UI, pan.PRINTER_CONFIGURATION]);
  });

  it("gives the bytes of a type that it does not know, without a problem", () => {
    const notificationType = "25df3b0e-74a9-47f5-80ce-79b4b1eb5c58";
    expect(decodeNotification(notificationType, balloon, CONTEXT)).toEqual({
      kind: "unknown",
      notificationType,
      data: balloon,
      problem: null,
    });
  });

  it("gives the very bytes of what does not comply (3.2.3.4.1, 3.2.4.4.1)", () => {
    const notification = decodeNotification(PRINTER_CONFIGURATION, balloon, CONTEXT);
    expect(notification).toMatchObject({
      kind: "unknown",
      notificationType: PRINTER_CONFIGURATION,
      problem: 'the root element is "asyncPrintUIRequest", not "Notification" ([MS-PAN] 2.2.8.1)',
    });
    expect(notification.kind === "unknown" && notification.data).toBe(balloon);
  });

  it.each([
    ["nothing", [], "XML document at offset 0: there is no root element ([MS-PAN] 2.2.7)"],
    ["a NUL", [0, 0], "XML document at offset 0: there is no root element ([MS-PAN] 2.2.7)"],
    ["one byte", [0x3c], "text at offset 0: an odd number of bytes (1) is not UTF-16 ([MS-PAN] 2.2.7)"],
    [
      "UTF-8",
      [..."<a/>"].map((c) => c.charCodeAt(0)),
      "text at offset 0: single bytes instead of UTF-16LE ([MS-PAN] 2.2.7)",
    ],
  ])("says what is wrong with %s", (_, bytes, problem) => {
    expect(decodeNotification(ASYNC_UI, new Uint8Array(bytes), CONTEXT)).toMatchObject({ kind: "unknown", problem });
  });
});
