import * as asn1 from "asn1js";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.js";
import { DecodeError } from "../../src/errors.js";
import { DerReader, TAGS, applicationTag, contextTag, der, derOid } from "../../src/security/der.js";

const reader = (hex: string) => new DerReader(fromHex(hex), "token");

const OIDS = [
  "1.3.6.1.5.5.2",
  "1.3.6.1.4.1.311.2.2.10",
  "1.2.840.48018.1.2.2",
  "1.2.840.113554.1.2.2",
  "0.0",
  "0.39",
  "1.0",
  "2.0",
  "2.39",
  "2.40",
  "2.47",
  "2.48",
  "2.999.127.128.16383.16384.4294967295",
];

describe("DER agrees with asn1js", () => {
  it.each(OIDS)("on OBJECT IDENTIFIER %s", (oid) => {
    const expected = new Uint8Array(new asn1.ObjectIdentifier({ value: oid }).toBER());
    expect(toHex(derOid(oid))).toBe(toHex(expected));
    expect(new DerReader(expected, "token").oid("mechType")).toBe(oid);
  });

  it.each([0, 1, 127, 128, 255, 256, 65535, 65536, 100_000])("on an OCTET STRING of %d bytes", (length) => {
    const value = Uint8Array.from({ length }, (_, i) => i & 255);
    const encoded = der(TAGS.octetString, value);
    const expected = new asn1.OctetString({ valueHex: value }).toBER();
    expect(Buffer.compare(encoded, new Uint8Array(expected))).toBe(0);
    expect(Buffer.compare(new DerReader(encoded, "token").octets("value"), value)).toBe(0);
  });

  it.each([0, 1, 127, 128, 255, 256, -1, -128, -129, 2 ** 31, 2 ** 32 - 1, -(2 ** 31), 2 ** 46])(
    "on INTEGER %d",
    (value) => {
      const encoded = new Uint8Array(asn1.Integer.fromBigInt(BigInt(value)).toBER());
      expect(new DerReader(encoded, "token").integer("seq-number")).toBe(value);
    },
  );

  it("on a SEQUENCE with tagged fields", () => {
    const encoded = der(
      TAGS.sequence,
      der(contextTag(0), der(TAGS.enumerated, Uint8Array.of(3))),
      der(contextTag(1), derOid("1.3.6.1.5.5.2")),
    );
    const tagged = (tagNumber: number, value: asn1.AsnType) =>
      new asn1.Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [value] });
    const expected = new asn1.Sequence({
      value: [
        tagged(0, new asn1.Enumerated({ value: 3 })),
        tagged(1, new asn1.ObjectIdentifier({ value: "1.3.6.1.5.5.2" })),
      ],
    });
    expect(toHex(encoded)).toBe(toHex(new Uint8Array(expected.toBER())));
  });
});

describe("the reader", () => {
  it("goes from value to value, into and out of what holds others", () => {
    const sequence = reader("300804026869 0a0101 0500").enter(TAGS.sequence, "fields");
    expect(sequence.peek()).toBe(0x04);
    expect(toHex(sequence.whole("text"))).toBe("04026869");
    expect(toHex(sequence.octets("text"))).toBe("6869");
    expect(sequence.enumerated("state")).toBe(1);
    expect(() => {
      sequence.end("fields");
    }).toThrow("token.fields at offset 9: has 1 bytes too many");
  });

  it.each([
    ["nothing at all", "", "needs 1 bytes, 0 left"],
    ["a tag alone", "04", "value length at offset 1"],
    ["a length past the end", "04020f", "needs 2 bytes, 1 left"],
    ["a length past the end of what holds it", "3002 0401 ff", "token.value at offset 4: needs 1 bytes, 0 left"],
    ["an indefinite length", "0480 0000", "indefinite form"],
    ["a length of five bytes", "04850000000001ff", "a length of 5 bytes"],
    ["a length of 4 GiB", "0484ffffffff00", "needs 4294967295 bytes, 1 left"],
    ["a short length in the long form", "048101ff", "not in its shortest form"],
    ["a long length with a zero in front", `04820080${"00".repeat(128)}`, "not in its shortest form"],
    ["a long length cut short", "048201", "needs 2 bytes, 1 left"],
    ["another tag", "0c0141", "has tag 0xc, must have 0x4"],
  ])("refuses %s", (_name, hex, problem) => {
    const read = () => {
      const outer = reader(hex);
      return outer.peek() === TAGS.sequence
        ? outer.enter(TAGS.sequence, "list").octets("value")
        : outer.octets("value");
    };
    expect(read).toThrow(DecodeError);
    expect(read).toThrow(problem);
  });

  it.each([
    ["empty", "0600", "is empty"],
    ["cut short", "06022b86", "ends in the middle of a number"],
    ["with a number that begins with zeros", "06032b8006", "not in its shortest form"],
    ["of 65 bytes", `0641${"01".repeat(65)}`, "has 65 bytes"],
  ])("refuses an OBJECT IDENTIFIER %s", (_name, hex, problem) => {
    expect(() => reader(hex).oid("mechType")).toThrow(DecodeError);
    expect(() => reader(hex).oid("mechType")).toThrow(problem);
  });

  it("reads numbers of an OBJECT IDENTIFIER beyond 64 bits", () => {
    const value = 0xffffffffffffffffffffn;
    expect(new DerReader(derOid(`2.25.${value}`), "token").oid("mechType")).toBe(`2.25.${value}`);
  });

  it("enters a field only if it is there, and gives what is left", () => {
    const fields = reader("a103020105 0401ff");
    expect(fields.enterIf(contextTag(0), "kvno")).toBeNull();
    expect(fields.enterIf(contextTag(1), "kvno")?.integer("kvno")).toBe(5);
    expect(toHex(fields.rest())).toBe("0401ff");
    fields.octets("cipher");
    expect(fields.enterIf(contextTag(2), "subkey")).toBeNull();
    expect(fields.rest()).toHaveLength(0);
    expect(applicationTag(14)).toBe(0x6e);
  });

  it.each(["0200", "020701000000000000"])("refuses the INTEGER %s", (hex) => {
    expect(() => reader(hex).integer("seq-number")).toThrow("must have 1 to 6");
  });

  it.each(["0a00", "0a020001"])("refuses the ENUMERATED %s", (hex) => {
    expect(() => reader(hex).enumerated("negState")).toThrow("must have 1");
  });
});
