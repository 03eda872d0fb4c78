import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { beginExchange, userCacheName } from "../../../src/security/kerberos/gss.js";
import { parseSpn } from "../../../src/security/kerberos/spn.js";
import { eventually } from "../../support/eventually.js";

const spn = parseSpn("host/printsrv.lab.test");
const attempt = { spn: spn.text, principal: "alice@LAB.TEST", patienceMs: 60_000 };

/** Stands for the native package: tells what it was asked, and answers when it is let. */
const native = vi.hoisted(() => ({
  seen: [] as string[],
  release: [] as (() => void)[],
  fails: false,
}));

vi.mock("kerberos", () => ({
  default: {
    GSS_MECH_OID_KRB5: 9,
    initializeClient(service: string, options: object) {
      native.seen.push(`${service} ${JSON.stringify(options)} ${process.env.KRB5CCNAME ?? "(unset)"}`);
      return Promise.resolve({
        username: "alice@LAB.TEST",
        contextComplete: true,
        async step(challenge: string) {
          native.seen.push(`step ${JSON.stringify(challenge)} ${process.env.KRB5CCNAME ?? "(unset)"}`);
          await new Promise<void>((resolve) => native.release.push(resolve));
          if (native.fails) throw new Error("Ticket expired");
          return Buffer.from("token").toString("base64");
        },
      });
    },
  },
}));

async function released(): Promise<void> {
  await eventually(() => expect(native.release).toHaveLength(1));
  native.release.pop()?.();
}

describe("beginExchange", () => {
  beforeEach(() => {
    native.seen.length = 0;
    native.fails = false;
    process.env.KRB5CCNAME = "FILE:/users/own";
  });
  afterEach(() => {
    delete process.env.KRB5CCNAME;
  });

  it("asks for DCE style under the host-based name, with the cache it was given", async () => {
    const begun = beginExchange(spn, "FILE:/given", attempt);
    await released();
    expect(Buffer.from((await begun).token).toString()).toBe("token");
    expect(native.seen).toEqual([
      `host@printsrv.lab.test {"flags":4158,"mechOID":9} FILE:/given`,
      `step "" FILE:/given`,
    ]);
  });

  it("sets the cache for one exchange at a time, and puts the user's own back", async () => {
    const first = beginExchange(spn, "FILE:/first", attempt);
    const second = beginExchange(spn, "FILE:/second", attempt);
    await eventually(() => expect(native.release).toHaveLength(1));
    expect(native.seen.filter((line) => line.includes("/second"))).toEqual([]);
    expect(process.env.KRB5CCNAME).toBe("FILE:/first");
    expect(userCacheName()).toBe("FILE:/users/own");
    await released();
    await first;
    await released();
    await second;
    expect(native.seen.at(-1)).toBe(`step "" FILE:/second`);
    expect(process.env.KRB5CCNAME).toBe("FILE:/users/own");
  });

  it("puts back that there was none, also after a failure, which is explained", async () => {
    delete process.env.KRB5CCNAME;
    native.fails = true;
    const begun = beginExchange(spn, "FILE:/given", attempt);
    const refused = expect(begun).rejects.toMatchObject({ failure: "no-ticket", code: "authentication" });
    await released();
    await refused;
    expect(process.env).not.toHaveProperty("KRB5CCNAME");
    expect(userCacheName()).toBeUndefined();
  });

  it("waits no longer than it is told, and keeps the next exchange waiting until the library is done", async () => {
    const late = beginExchange(spn, "FILE:/first", { ...attempt, patienceMs: 1 });
    await expect(late).rejects.toThrow("gave no answer in 0.001 s (alice@LAB.TEST for host/printsrv.lab.test)");
    expect(process.env.KRB5CCNAME).toBe("FILE:/first");
    const next = beginExchange(spn, "FILE:/second", attempt);
    await released();
    await released();
    await expect(next).resolves.toBeDefined();
    expect(process.env.KRB5CCNAME).toBe("FILE:/users/own");
  });

  it("is not held up by an exchange that failed before it", async () => {
    native.fails = true;
    const failed = beginExchange(spn, "FILE:/first", attempt);
    const refused = expect(failed).rejects.toThrow("expired");
    const next = beginExchange(spn, "FILE:/second", attempt);
    await released();
    await refused;
    native.fails = false;
    await released();
    await expect(next).resolves.toBeDefined();
  });
});
