import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.js";
import { DecodeError } from "../../../src/errors.js";
import {
  decodeEptMapRequest,
  decodeEptMapResponse,
  encodeEptMapRequest,
  encodeEptMapResponse,
} from "../../../src/rpc/endpoint-mapper/ept-map.js";
import { decodeTower, encodeTower } from "../../../src/rpc/endpoint-mapper/tower.js";
import * as golden from "../../golden/ept-map-vectors.js";
import { ASYNC_NOTIFY, NDR } from "../../golden/rpc-vectors.js";

const hex = (text: string): string => toHex(fromHex(text));

describe("ept_map", () => {
  it("asks with the 132 bytes that servers know", () => {
    const tower = encodeTower({
      interfaceId: ASYNC_NOTIFY,
      transferSyntax: NDR,
      port: 0,
      address: new Uint8Array(4),
    });
    expect(toHex(tower)).toBe(hex(golden.TOWER));
    const stub = encodeEptMapRequest({ tower, maxTowers: 1 });
    expect(stub).toHaveLength(132);
    expect(toHex(stub)).toBe(hex(golden.REQUEST));
  });

  it("reads a request", () => {
    expect(decodeEptMapRequest(fromHex(golden.REQUEST))).toEqual({ tower: fromHex(golden.TOWER), maxTowers: 1 });
  });

  it("reads and writes a response", () => {
    const { towers, status } = decodeEptMapResponse(fromHex(golden.RESPONSE));
    expect(status).toBe(0);
    expect(towers.map(decodeTower)).toEqual([
      { interfaceId: ASYNC_NOTIFY, transferSyntax: NDR, port: 49668, address: Uint8Array.of(10, 0, 0, 7) },
    ]);
    expect(toHex(encodeEptMapResponse({ towers, status }, 1))).toBe(hex(golden.RESPONSE));
  });

  it("reads Samba's response", () => {
    const { towers } = decodeEptMapResponse(fromHex(golden.SAMBA_RESPONSE));
    expect(towers.map(decodeTower)).toMatchObject([{ port: 49154 }]);
  });

  it("reads and writes that nothing is registered", () => {
    const response = decodeEptMapResponse(fromHex(golden.NOT_REGISTERED));
    expect(response).toEqual({ towers: [], status: 0x16c9a0d6 });
    expect(toHex(encodeEptMapResponse(response, 1))).toBe(hex(golden.NOT_REGISTERED));
  });

  it.each([
    ["request", golden.REQUEST, decodeEptMapRequest],
    ["response", golden.RESPONSE, decodeEptMapResponse],
    ["tower", golden.TOWER, decodeTower],
  ] as const)("every prefix of a %s is a DecodeError", (_what, text, decode) => {
    const whole = fromHex(text);
    for (let length = 0; length < whole.length; length++)
      expect(() => decode(whole.slice(0, length)), `${length} bytes`).toThrow(DecodeError);
  });

  it.each([
    [28, 1, "ept_map.ITowers.offset"],
    [20, 2, "ept_map.ITowers.actual_count"],
    [32, 2, "ept_map.ITowers.actual_count"],
    [44, 0x4c, "ept_map.ITowers[0].tower_length"],
  ])("refuses a response whose count at %i is %i", (offset, value, field) => {
    const bytes = fromHex(golden.RESPONSE);
    bytes[offset] = value;
    expect(() => decodeEptMapResponse(bytes)).toThrow(field);
  });

  it("allocates nothing from a tower length that was announced", () => {
    const bytes = fromHex(golden.RESPONSE);
    bytes.set([0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f], 40);
    expect(() => decodeEptMapResponse(bytes)).toThrow("is 2147483647, more than 2000");
  });

  it("finds no TCP in the tower of a named pipe", () => {
    const pipe = fromHex(golden.TOWER.replace("0100 07", "0100 0f"));
    expect(decodeTower(pipe)).toBeNull();
  });
});
