import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { deadline } from "../../src/transport/deadline.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe("a deadline", () => {
  it("comes with a TimeoutError", async () => {
    const signal = deadline(1);
    await once(signal, "abort");
    expect(signal.reason).toMatchObject({ name: "TimeoutError" });
  });

  it("comes also when garbage was collected meanwhile", async () => {
    const other = new AbortController();
    const aborted = once(deadline(20, other.signal), "abort");
    await new Promise(setImmediate);
    collectGarbage();
    await expect(aborted).resolves.toHaveLength(1);
    expect(other.signal.aborted).toBe(false);
  });

  it("comes at once when somebody gives up, with the reason", () => {
    const reason = new Error("enough");
    const other = new AbortController();
    const signal = deadline(60_000, undefined, other.signal);
    expect(signal.aborted).toBe(false);
    other.abort(reason);
    expect(signal.reason).toBe(reason);
  });

  it("has come when somebody has given up before", () => {
    expect(deadline(60_000, AbortSignal.abort("enough")).reason).toBe("enough");
  });
});
