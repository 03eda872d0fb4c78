import { describe, expect, it } from "vitest";
import { AnswerGuard } from "../../src/rpc/answer-guard.js";

/** A guard whose time is over when the test says so. */
function guarded() {
  const deadlines: AbortController[] = [];
  const missing: string[] = [];
  const begin = (): AbortSignal => {
    const deadline = new AbortController();
    deadlines.push(deadline);
    return deadline.signal;
  };
  const guard = new AnswerGuard(begin, (what) => missing.push(what));
  return { guard, deadlines, missing, timeIsOver: () => deadlines.at(-1)?.abort() };
}

/** An answer, and what makes it come. */
function answer() {
  let come: (value: number) => void = () => undefined;
  const promise = new Promise<number>((resolve) => (come = resolve));
  return { promise, come };
}

describe("an answer that must come in time", () => {
  it("is given on", async () => {
    const { guard, missing, timeIsOver } = guarded();
    expect(await guard.expect("Create", Promise.resolve(7))).toBe(7);
    timeIsOver();
    expect(missing).toEqual([]);
  });

  it("fails as it does", async () => {
    const { guard } = guarded();
    await expect(guard.expect("Create", Promise.reject(new Error("no")))).rejects.toThrow("no");
  });

  it("is missed when it does not come", () => {
    const { guard, missing, timeIsOver } = guarded();
    void guard.expect("Delete", answer().promise);
    timeIsOver();
    expect(missing).toEqual(["Delete"]);
  });

  it("is missed although others come", async () => {
    const { guard, missing, timeIsOver } = guarded();
    const first = answer();
    const answered = guard.expect("first", first.promise);
    void guard.expect("second", answer().promise);
    first.come(1);
    await answered;
    timeIsOver();
    expect(missing).toEqual([]);
    timeIsOver();
    expect(missing).toEqual(["second"]);
  });

  it("takes one timer at a time, however many are waited for", async () => {
    const { guard, deadlines } = guarded();
    await Promise.all(Array.from({ length: 100 }, (_, i) => guard.expect("x", Promise.resolve(i))));
    expect(deadlines).toHaveLength(1);
  });
});
