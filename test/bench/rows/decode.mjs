// From the stub of a response to the notification, a view of its bytes; beside a copy of as many bytes.
import { decodeResponse, encodeResponse } from "../../../dist/ndr/method.js";
import { getNotification } from "../../../dist/pan/idl.js";
import { ASYNC_UI } from "../../../dist/pan/types.js";
import { figure } from "../support/figures.mjs";
import { inTurns } from "../support/turns.mjs";

const SIZES = { "1KiB": 2 ** 10, "64KiB": 2 ** 16, "10MiB": 10 * 2 ** 20 };

export const tasks = {
  decode(syntax, size) {
    const data = new Uint8Array(Number(size)).fill(0x5a);
    const values = { ppOutNotificationType: ASYNC_UI, pOutSize: data.length, ppOutNotificationData: data, result: 0 };
    const stub = encodeResponse(getNotification, syntax, values);
    return () => decodeResponse(getNotification, syntax, stub);
  },
  copy(size) {
    const data = new Uint8Array(Number(size)).fill(0x5a);
    return () => data.slice();
  },
};

export async function* rows(wanted) {
  for (const syntax of ["ndr", "ndr64"]) {
    for (const [label, size] of Object.entries(SIZES)) {
      const name = `decode.getNotification.${syntax}.${label}`;
      if (!wanted(name)) continue;
      const { micros, referenceMicros } = await inTurns("decode.mjs", ["decode", syntax, size], ["copy", size]);
      yield figure(name, "µs", micros, referenceMicros);
    }
  }
}
