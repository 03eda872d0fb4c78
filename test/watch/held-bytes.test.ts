import { describe, expect, it } from "vitest";
import type { RawNotification } from "../../src/pan/raw-notification.js";
import { UNBOUNDED } from "../../src/rpc/budget.js";
import { ASYNC_UI } from "../../src/pan/types.js";
import { heldBytes } from "../../src/watch/held-bytes.js";
import type { WatchOptions } from "../../src/watch/options.js";
import { READER_BOUNDS, Reporter } from "../../src/watch/reporter.js";
import { Counters, Limit, RegistrationScope } from "../../src/watch/scope.js";

describe("the memory of what waits for a slow reader", () => {
  it("counts objects and their fields, texts, and the whole buffer of a view", () => {
    expect(heldBytes(["", "", ""])).toBeGreaterThan(3 * 48);
    expect(heldBytes({ text: "x".repeat(1000) })).toBeGreaterThan(2000);
    expect(heldBytes(new Uint8Array(new ArrayBuffer(5000), 0, 1))).toBeGreaterThan(5000);
  });

  it("is bounded: a few bytes that hold a large buffer count as much as that", () => {
    const options = { kinds: null, accept: null } as unknown as WatchOptions;
    const shared = { options, reporter: new Reporter(), counters: new Counters(), limit: new Limit(null) };
    const place = { server: "s", printer: null, registration: "r1", channel: null };
    const scope = new RegistrationScope(place, ASYNC_UI, shared);
    const data = new Uint8Array(new ArrayBuffer(READER_BOUNDS.bytes / 2), 0, 10);
    const raw: RawNotification = { type: "00000000-0000-0000-0000-000000000001", data, result: 0 };
    expect([scope.show(raw, UNBOUNDED), scope.show(raw, UNBOUNDED)].map((shown) => shown !== null)).toEqual([
      true,
      false,
    ]);
  });
});
