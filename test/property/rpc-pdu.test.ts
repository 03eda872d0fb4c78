import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/bytes/hex.js";
import { DecodeError } from "../../src/errors.js";
import type { AuthVerifier } from "../../src/rpc/pdu/sec-trailer.js";
import { decodePdu, type Pdu } from "../../src/rpc/pdu/pdu.js";
import { encodePdu } from "../rpc/support/encode-pdu.js";
import type { SyntaxId } from "../../src/rpc/pdu/syntax-id.js";
import { PDU_VECTORS } from "../golden/rpc-vectors.js";

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
const bytes = fc.uint8Array({ maxLength: 100 });
const guid = fc.uuid();
const syntax: fc.Arbitrary<SyntaxId> = fc.record({ uuid: guid, major: u16, minor: u16 });
const auth: fc.Arbitrary<AuthVerifier | null> = fc.option(
  fc.record({
    type: u8,
    level: u8,
    padLength: fc.constant(0),
    contextId: u32,
    token: fc.uint8Array({ minLength: 1, maxLength: 60 }),
  }),
);
/** Without the object flag, which follows the object. */
const common = { flags: fc.nat(0x7f), callId: u32, auth };
const bindBody = {
  maxXmit: u16,
  maxRecv: u16,
  assocGroup: u32,
  contexts: fc.array(
    fc.record({ id: u16, abstractSyntax: syntax, transferSyntaxes: fc.array(syntax, { maxLength: 3 }) }),
    { maxLength: 5 },
  ),
};
const ackBody = {
  maxXmit: u16,
  maxRecv: u16,
  assocGroup: u32,
  secondaryAddress: fc.stringMatching(/^[ -~]{0,30}$/),
  results: fc.array(fc.record({ result: u16, reason: u16, transferSyntax: syntax }), { maxLength: 5 }),
};
const type = <T extends Pdu["type"]>(name: T) => ({ type: fc.constant(name) });

const pdu: fc.Arbitrary<Pdu> = fc.oneof(
  fc
    .record({
      ...type("request"),
      ...common,
      allocHint: u32,
      contextId: u16,
      opnum: u16,
      object: fc.option(guid),
      stub: bytes,
    })
    .map((request) => (request.object === null ? request : { ...request, flags: request.flags | 0x80 })),
  fc.record({ ...type("response"), ...common, allocHint: u32, contextId: u16, cancelCount: u8, stub: bytes }),
  fc.record({ ...type("fault"), ...common, allocHint: u32, contextId: u16, cancelCount: u8, status: u32 }),
  fc.record({ ...type("bind"), ...common, ...bindBody }),
  fc.record({ ...type("alter_context"), ...common, ...bindBody }),
  fc.record({ ...type("bind_ack"), ...common, ...ackBody }),
  fc.record({ ...type("alter_context_resp"), ...common, ...ackBody }),
  fc.record({ ...type("bind_nak"), ...common, reason: u16 }),
  fc.record({ ...type("auth3"), ...common }),
  fc.record({ ...type("shutdown"), ...common }),
  fc.record({ ...type("co_cancel"), ...common }),
  fc.record({ ...type("orphaned"), ...common }),
);

function decodes(candidate: Uint8Array): void {
  try {
    decodePdu(candidate);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
  }
}

describe("the PDU codec", () => {
  it("decodes what it encodes, for every type", () => {
    fc.assert(
      fc.property(pdu, (value) => {
        expect(decodePdu(encodePdu(value))).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it("answers mutated PDUs with a DecodeError or a PDU, never with anything else", () => {
    const corpus = PDU_VECTORS.map(({ hex }) => fromHex(hex));
    const change = fc.tuple(fc.nat(400), u8);
    fc.assert(
      fc.property(fc.constantFrom(...corpus), fc.array(change, { minLength: 1, maxLength: 4 }), (seed, changes) => {
        const mutated = Uint8Array.from(seed);
        for (const [offset, value] of changes) mutated[offset % mutated.length] = value;
        // The lengths as they are, so that the body is reached.
        mutated.set(seed.subarray(0, 2));
        mutated.set(seed.subarray(4, 10), 4);
        decodes(mutated);
      }),
      { numRuns: 300 },
    );
  });
});
