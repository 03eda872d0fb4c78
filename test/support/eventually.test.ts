import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { eventually } from "./eventually.js";

let said: string[];
beforeEach(() => {
  said = [];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it("gives what is there in the end, and says after 2 s what was expected and what was there instead", async () => {
  const lines = ["first"];
  const waiting = eventually(() => {
    expect(lines.join("\n")).toContain("second");
    return lines.length;
  });
  await vi.advanceTimersByTimeAsync(1900);
  expect(said).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(said).toEqual([
    expect.stringMatching(/^gives what is there in the end.*: still without .*to contain 'second'; so far: first\n$/),
  ]);
  lines.push("second");
  await vi.advanceTimersByTimeAsync(100);
  expect(await waiting).toBe(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toHaveLength(1);
});

it("fails with the last reason when it takes longer than 20 s", async () => {
  let attempts = 0;
  const failed = expect(
    eventually(() => {
      throw new Error(`attempt ${++attempts}`);
    }),
  ).rejects.toThrow(/^attempt \d{3,}$/);
  await vi.advanceTimersByTimeAsync(20_100);
  await failed;
  expect(said).toEqual([expect.stringMatching(/still without attempt \d+\n$/)]);
});
