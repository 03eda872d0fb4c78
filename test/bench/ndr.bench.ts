import { bench, describe } from "vitest";
import { decodeResponse, encodeResponse } from "../../src/ndr/method.js";
import { getNotification } from "../../src/pan/idl.js";
import { ASYNC_UI } from "../../src/pan/types.js";

const SIZES = [
  ["1 KiB", 1024],
  ["64 KiB", 64 * 1024],
  ["10 MiB", 10 * 1024 * 1024],
] as const;

for (const [label, size] of SIZES) {
  describe(`GetNotification with ${label}`, () => {
    const data = new Uint8Array(size).fill(0x5a);
    const values = { ppOutNotificationType: ASYNC_UI, pOutSize: size, ppOutNotificationData: data, result: 0 };

    for (const syntax of ["ndr", "ndr64"] as const) {
      const stub = encodeResponse(getNotification, syntax, values);
      bench(`decode ${syntax}`, () => {
        decodeResponse(getNotification, syntax, stub);
      });
      bench(`decode ${syntax} and keep a copy of the data`, () => {
        decodeResponse(getNotification, syntax, stub).ppOutNotificationData?.slice();
      });
      bench(`encode ${syntax}`, () => {
        encodeResponse(getNotification, syntax, values);
      });
    }

    bench("plain copy of the same bytes", () => {
      data.slice();
    });
  });
}
