import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OutputOptions } from "../../src/cli/options/watch-options.js";
import type { EndingSignal, SignalWatch } from "../../src/cli/signals.js";
import { Stage } from "../../src/cli/stage.js";

const OUTPUT = { format: "json", quiet: false, verbosity: 0, trace: null } as unknown as OutputOptions;

type Written = (error?: Error | null) => void;

/** A stage whose stdout is read by nobody until `read` is called, and whose process notes that it would end. */
function unread() {
  const waiting: Written[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation(((_bytes: Uint8Array, written: Written) => {
    waiting.push(written);
    return false;
  }) as typeof process.stdout.write);
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  let received: EndingSignal | null = null;
  const wish = new AbortController();
  const signals: SignalWatch = { signal: wish.signal, received: () => received, [Symbol.dispose]: () => undefined };
  const stage = new Stage(OUTPUT, signals, null);
  stage.stdout.keep("a line");
  return {
    stage,
    exit,
    read: (error: Error | null = null) => waiting.shift()?.(error),
    send: (name: EndingSignal) => {
      received = name;
      wish.abort();
    },
  };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("a command whose stdout nobody reads", () => {
  it("ends 2 s after a signal with the code of its end, whatever still waits", () => {
    const { stage, exit, send } = unread();
    send("SIGTERM");
    expect(stage.leaving.aborted).toBe(true);
    void stage.close(143);
    vi.advanceTimersByTime(1999);
    expect(exit).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(exit.mock.calls).toEqual([[143]]);
  });

  it("ends 2 s after it began to leave by itself, when leaving hangs", () => {
    const { stage, exit } = unread();
    stage.leave(3);
    vi.advanceTimersByTime(2000);
    expect(exit.mock.calls).toEqual([[3]]);
  });

  it("waits for a reader who pauses, once it has left by itself", async () => {
    const { stage, exit, read } = unread();
    stage.leave(0);
    const closed = stage.close(0);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(exit).not.toHaveBeenCalled();
    read();
    expect(await closed).toBe(0);
  });

  it("is not ended any more once all is written", async () => {
    const { stage, exit, read, send } = unread();
    send("SIGINT");
    const closed = stage.close(130);
    read();
    expect(await closed).toBe(130);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(exit).not.toHaveBeenCalled();
  });
});

describe("a terminal that is gone", () => {
  const lost = Object.assign(new Error("write EIO"), { code: "EIO" });

  it.each([
    [true, { reason: "closed", exitCode: 0 }, 0],
    [false, { reason: "error", exitCode: 1 }, 1],
  ])("is a closed stdout, but EIO of a disk is an error (terminal: %s)", async (isTTY, interruption, code) => {
    const before = process.stdout.isTTY;
    process.stdout.isTTY = isTTY;
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      const { stage, read } = unread();
      read(lost);
      expect(stage.leaving.aborted).toBe(true);
      expect(stage.interruption).toEqual(interruption);
      expect(await stage.close(0)).toBe(code);
    } finally {
      process.stdout.isTTY = before;
    }
  });
});
