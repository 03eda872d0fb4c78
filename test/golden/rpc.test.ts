import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.js";
import { decodePdu } from "../../src/rpc/pdu/pdu.js";
import { encodePdu } from "../rpc/support/encode-pdu.js";
import { PDU_VECTORS } from "./rpc-vectors.js";

describe("PDUs that others built", () => {
  for (const { name, hex, pdu } of PDU_VECTORS) {
    it(`decodes a ${name}`, () => {
      expect(decodePdu(fromHex(hex))).toEqual(pdu);
    });

    it(`encodes a ${name}`, () => {
      expect(toHex(encodePdu(pdu))).toBe(toHex(fromHex(hex)));
    });
  }
});
