import { describe, expect, it } from "vitest";
import { ServerLogon } from "../../../src/rpc/server/logon.js";
import type { SecurityContext } from "../../../src/security/context.js";

/** A mechanism of two legs that takes any token. */
class TwoLegs implements SecurityContext {
  readonly authType = 9;
  readonly mechanism = "NTLM";
  readonly user = "alice";
  #legs = 0;

  step() {
    this.#legs += 1;
    return Promise.resolve({ token: Uint8Array.of(this.#legs), done: this.#legs === 2 });
  }

  protect() {
    return { tokenLength: () => 0, wrap: () => new Uint8Array(), unwrap: () => undefined };
  }
}

const FIRST = { type: 9, level: 6, padLength: 0, contextId: 1, token: Uint8Array.of(0) };

describe("the sec_trailer of a logon stays the same ([MS-RPCE] 2.2.2.11)", () => {
  it.each([
    ["auth_level", { level: 5 }],
    ["auth_level, to one that protects nothing", { level: 2 }],
    ["auth_context_id", { contextId: 2 }],
    ["auth_type", { type: 10 }],
  ])("another %s in the second leg fails it", async (_name, change) => {
    const told: object[] = [];
    const logon = new ServerLogon(
      () => new TwoLegs(),
      (who) => told.push(who),
    );
    expect(await logon.step(FIRST, true)).toMatchObject({ kind: "token" });
    const leg = await logon.step({ ...FIRST, ...change }, true);
    expect(leg).toMatchObject({ kind: "failed", error: { code: "authentication" } });
    expect([logon.state, logon.security, told]).toEqual(["failed", null, []]);
  });

  it("and so the second leg with the same ends it", async () => {
    const told: object[] = [];
    const logon = new ServerLogon(
      () => new TwoLegs(),
      (who) => told.push(who),
    );
    await logon.step(FIRST, true);
    await logon.step(FIRST, true);
    expect(told).toEqual([{ mechanism: "NTLM", level: "privacy", user: "alice" }]);
    expect(logon.security).toMatchObject({ authType: 9, level: "privacy", contextId: 1 });
  });
});
