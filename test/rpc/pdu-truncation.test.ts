import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/bytes/hex.js";
import { DecodeError } from "../../src/errors.js";
import { decodePdu } from "../../src/rpc/pdu/pdu.js";
import { PDU_VECTORS } from "../golden/rpc-vectors.js";

/** Where a PDU may end early and still say all that is kept of it. */
const OPTIONAL_TAIL: Readonly<Record<string, number>> = {
  // Versions and what follows are optional ([MS-RPCE] 2.2.2.9).
  bind_nak: 18,
  // The reserved word and extended error information are ignored ([MS-RPCE] 2.2.2.8).
  fault: 28,
  // Any stub is a stub.
  request: 24,
  response: 24,
  auth3: 16,
};

describe("truncated PDUs", () => {
  for (const { name, hex, pdu } of PDU_VECTORS) {
    const whole = fromHex(hex);

    it(`every prefix of a ${name} is a DecodeError`, () => {
      for (let length = 0; length < whole.length; length++)
        expect(() => decodePdu(whole.slice(0, length)), `${length} bytes`).toThrow(DecodeError);
    });

    it(`every prefix of a ${name} that pretends to be whole is a DecodeError, or complete`, () => {
      const complete = pdu.type === "request" && pdu.object !== null ? 40 : (OPTIONAL_TAIL[pdu.type] ?? whole.length);
      for (let length = 16; length < whole.length; length++) {
        const bytes = whole.slice(0, length);
        new DataView(bytes.buffer).setUint16(8, length, true);
        if (pdu.auth === null && length >= complete) expect(decodePdu(bytes).type).toBe(pdu.type);
        else if (pdu.auth === null) expect(() => decodePdu(bytes), `${length} bytes`).toThrow(DecodeError);
        else expectDecodeErrorOrPdu(bytes);
      }
    });
  }
});

/** With a token the shorter length moves the sec_trailer, so that other bytes may well make a PDU. */
function expectDecodeErrorOrPdu(bytes: Uint8Array): void {
  try {
    decodePdu(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
  }
}
