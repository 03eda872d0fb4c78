import { describe, expect, it } from "vitest";
import { PanwatchError } from "../../../src/errors.js";
import { SpnegoAcceptor } from "../../../src/security/spnego/acceptor.js";
import { SpnegoInitiator } from "../../../src/security/spnego/initiator.js";
import { NEG_STATES } from "../../../src/security/spnego/tokens.js";
import { exchange, ntlmAcceptor, ntlmInitiator, type Tamper } from "../support/exchange.js";

function sides() {
  return [
    new SpnegoInitiator(ntlmInitiator({ workstation: "WS" })),
    new SpnegoAcceptor({ mechanisms: [ntlmAcceptor()] }),
  ] as const;
}

const run = (tamper?: Tamper) => exchange(...sides(), tamper);

/** What became of an exchange in which one bit was flipped. */
async function outcome(leg: number, bit: number): Promise<unknown> {
  const flip: Tamper = (token, at) => {
    if (at !== leg) return token;
    const copy = token.slice();
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return copy;
  };
  return run(flip).then(
    () => "went through",
    (error: unknown) => error,
  );
}

/** Offset of the negState's value in `a1 L 30 L a0 03 0a 01 V`, with lengths in the long form where needed. */
function negStateAt(token: Uint8Array): number {
  return Buffer.from(token).indexOf(Buffer.of(0xa0, 0x03, 0x0a, 0x01)) + 4;
}

describe("a byte changed on the way ends the logon: NTLM in SPNEGO", () => {
  it.each([0, 1, 2, 3])("at every place of leg %d", { timeout: 60_000 }, async (leg) => {
    const token = (await run())[leg] ?? new Uint8Array();
    expect(token.length).toBeGreaterThan(20);
    // The exchanges differ in their random parts only, so that places stay what they are.
    for (let index = 0; index < token.length; index++) {
      const bit = index % 8;
      // accept-incomplete turned into request-mic asks for a MIC that is sent anyway.
      if (leg === 1 && index === negStateAt(token) && bit === 1) continue;
      const result = await outcome(leg, index * 8 + bit);
      expect(result, `leg ${leg}, byte ${index}, bit ${bit}`).toBeInstanceOf(PanwatchError);
    }
  });

  it("request-mic for accept-incomplete is the one change that does no harm", async () => {
    const at = negStateAt((await run())[1] ?? new Uint8Array());
    const ask: Tamper = (token, leg) => (leg === 1 ? token.with(at, NEG_STATES.requestMic) : token);
    await expect(run(ask)).resolves.toHaveLength(4);
  });

  it("a leg cut short, repeated or taken from another exchange", async () => {
    const other = await run();
    for (let leg = 0; leg < 4; leg++) {
      const cut = run((token, at) => (at === leg ? token.subarray(0, -1) : token));
      await expect(cut, `leg ${leg} cut`).rejects.toBeInstanceOf(PanwatchError);
    }
    for (let leg = 1; leg < 4; leg++) {
      const replayed = run((token, at) => (at === leg ? (other[leg] ?? token) : token));
      await expect(replayed, `leg ${leg} replayed`).rejects.toBeInstanceOf(PanwatchError);
    }
  });
});
