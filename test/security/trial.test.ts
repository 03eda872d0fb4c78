import { describe, expect, it } from "vitest";
import { AuthenticationError } from "../../src/errors.js";
import { SecretTrial } from "../../src/security/trial.js";

const PAUSE_MS = 60_000;
const refusal = () => new AuthenticationError("srv refused the logon", { hint: "check the password" });

const begin = (trial: SecretTrial, pauseMs = PAUSE_MS) => trial.begin(pauseMs);

/** Whether a promise is still pending once everything that can happen now has happened. */
async function waits(promise: Promise<unknown>): Promise<boolean> {
  const settled = promise.then(
    () => false,
    () => false,
  );
  const later = new Promise<boolean>((resolve) => setImmediate(() => resolve(true)));
  return Promise.race([settled, later]);
}

describe("a secret that nobody has tried", () => {
  it("is tried by one connection; the others wait, and go all together once it is proven", async () => {
    const trial = new SecretTrial();
    const first = await begin(trial);
    const others = [begin(trial), begin(trial), begin(trial)];
    for (const other of others) expect(await waits(other)).toBe(true);
    expect(trial.proven).toBe(false);
    first.proved();
    expect(trial.proven).toBe(true);
    await Promise.all(others);
  });

  it("is tried by the next one where the first ended without a judgement", async () => {
    const trial = new SecretTrial();
    const first = await begin(trial);
    const [second, third] = [begin(trial), begin(trial)];
    first.dropped();
    const use = await second;
    expect(await waits(third)).toBe(true);
    use.proved();
    await third;
  });

  it("is refused for all by the first refusal, for ever", async () => {
    const trial = new SecretTrial();
    const first = await begin(trial);
    const second = begin(trial);
    const error = refusal();
    expect(first.refused(error, true)).toBe(error);
    for (const later of [second, begin(trial)])
      await expect(later).rejects.toMatchObject({
        code: "authentication",
        message: "not tried, as the same credentials were refused: srv refused the logon",
        hint: "check the password",
        meaning: "refused",
        retryInMs: null,
      });
  });
});

describe("a secret that has worked", () => {
  async function worked(): Promise<SecretTrial> {
    const trial = new SecretTrial();
    (await begin(trial)).proved();
    return trial;
  }

  it("rests after a refusal, and whoever comes meanwhile is told when to come again", async () => {
    const trial = await worked();
    const error = (await begin(trial)).refused(refusal(), true);
    expect(error).toMatchObject({ meaning: "loss", retryInMs: PAUSE_MS, message: "srv refused the logon" });
    expect(error.hint).toContain("tried once more in 60 s; check the password");
    const other: unknown = await begin(trial).catch((problem: unknown) => problem);
    expect(other).toMatchObject({ meaning: "loss" });
    expect((other as AuthenticationError).retryInMs).toBeGreaterThan(PAUSE_MS - 10_000);
    expect((other as AuthenticationError).retryInMs).toBeLessThanOrEqual(PAUSE_MS);
  });

  it("is tried once more then, by one alone, and a second refusal is final for all", async () => {
    const trial = await worked();
    (await begin(trial, 0)).refused(refusal(), true);
    const once = await begin(trial);
    const waiting = begin(trial);
    expect(await waits(waiting)).toBe(true);
    expect(once.refused(refusal(), true)).toMatchObject({ meaning: "refused", retryInMs: null });
    await expect(waiting).rejects.toMatchObject({ meaning: "refused" });
  });

  it("is good again when that works", async () => {
    const trial = await worked();
    (await begin(trial, 0)).refused(refusal(), true);
    (await begin(trial)).proved();
    expect((await begin(trial)).refused(refusal(), true)).toMatchObject({ meaning: "loss" });
  });

  it("counts refusals of logons that were under way together as one", async () => {
    const trial = await worked();
    const [a, b] = [await begin(trial), await begin(trial)];
    a.refused(refusal(), true);
    expect(b.refused(refusal(), true)).toMatchObject({ meaning: "loss", retryInMs: PAUSE_MS });
  });

  it("is final for a server that refuses it again and again while others take it", async () => {
    const trial = await worked();
    expect((await begin(trial)).refused(refusal(), false)).toMatchObject({ meaning: "refused" });
  });
});
