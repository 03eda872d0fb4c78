import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/hex.js";
import { IntegrityError, ProtocolError } from "../../src/errors.js";
import { decodePdu } from "../../src/rpc/pdu/pdu.js";
import {
  buildFragment,
  fragmentRoom,
  openFragment,
  requestHead,
  responseHead,
  type FragmentSecurity,
} from "../../src/rpc/secure-fragments.js";
import type { Fragment, MessageProtection } from "../../src/security/context.js";
import { ToyProtection } from "./support/toy-security.js";

const NOTHING = new Uint8Array(0);
const FIELDS = { allocHint: 5, contextId: 1, opnum: 7, object: null };

function toy(protection: MessageProtection = new ToyProtection({ level: "privacy", headerSigning: true })) {
  return { authType: 9, level: "privacy", contextId: 1, protection } satisfies FragmentSecurity;
}

describe("a protected fragment", () => {
  it("shows the mechanism the final header, body, padding and sec_trailer ([MS-RPCE] 3.3.1.5.2.2)", () => {
    const seen: { hex: string; bodyStart: number; bodyEnd: number }[] = [];
    const protection: MessageProtection = {
      tokenLength: () => 4,
      wrap: ({ bytes, bodyStart, bodyEnd }: Fragment) => {
        seen.push({ hex: toHex(bytes), bodyStart, bodyEnd });
        return Uint8Array.of(0xaa, 0xbb, 0xcc, 0xdd);
      },
      unwrap: () => undefined,
    };
    const stub = Uint8Array.of(1, 2, 3, 4, 5);
    const bytes = buildFragment(requestHead(3, 2, FIELDS), stub, Uint8Array.of(0xee), toy(protection));
    const signed =
      "05000003 10000000 3400 0400 02000000 05000000 0100 0700" +
      "0102030405 ee 00000000000000000000" +
      "09 06 0a 00 01000000";
    expect(seen).toEqual([{ hex: signed.replaceAll(" ", ""), bodyStart: 24, bodyEnd: 40 }]);
    expect(toHex(bytes)).toBe(signed.replaceAll(" ", "") + "aabbccdd");
  });

  it("without security is head and stub", () => {
    const head = responseHead(3, 2, { allocHint: 1, contextId: 0, cancelCount: 0 });
    expect(toHex(buildFragment(head, Uint8Array.of(7), NOTHING, null))).toBe(
      "050002031000000019000000020000000100000000000000" + "07",
    );
  });

  it("is opened in place, without its padding", () => {
    const stub = Uint8Array.of(1, 2, 3);
    const bytes = buildFragment(requestHead(3, 2, FIELDS), stub, NOTHING, toy());
    const pdu = decodePdu(bytes);
    const opened = openFragment(bytes, 24, pdu.auth, toy());
    expect([...opened]).toEqual([1, 2, 3]);
    expect(opened.buffer).toBe(bytes.buffer);
  });

  it("with an object begins its body behind it", () => {
    const head = requestHead(3, 2, { ...FIELDS, object: "00112233-4455-6677-8899-aabbccddeeff" });
    const bytes = buildFragment(head, Uint8Array.of(9), NOTHING, toy());
    const pdu = decodePdu(bytes);
    expect(pdu).toMatchObject({ flags: 0x83, object: "00112233-4455-6677-8899-aabbccddeeff" });
    expect([...openFragment(bytes, 40, pdu.auth, toy())]).toEqual([9]);
  });

  it("without a signature is an IntegrityError", () => {
    expect(() => openFragment(new Uint8Array(30), 24, null, toy())).toThrow(IntegrityError);
  });

  it.each([
    [{ authType: 10 }, "auth_type changed from 10 to 9"],
    [{ level: "integrity" }, "auth_level changed from 5 to 6"],
    [{ contextId: 2 }, "auth_context_id changed from 2 to 1"],
  ] as const)("that does not belong to the connection is a ProtocolError", (other, message) => {
    const bytes = buildFragment(requestHead(3, 2, FIELDS), NOTHING, NOTHING, toy());
    const { auth } = decodePdu(bytes);
    const attempt = () => openFragment(bytes, 24, auth, { ...toy(), ...other });
    expect(attempt).toThrow(ProtocolError);
    expect(attempt).toThrow(message);
  });

  it("whose body is shorter than its head is a ProtocolError", () => {
    const bytes = buildFragment(requestHead(3, 2, FIELDS), NOTHING, NOTHING, toy());
    const { auth } = decodePdu(bytes);
    expect(() => openFragment(bytes, 40, auth, toy())).toThrow("auth_pad_length is 0, more than the 0 bytes");
  });
});

describe("the room in a fragment", () => {
  it.each([
    [5840, null, 5808],
    [5840, toy(), 5792],
    [1432, toy(), 1376],
  ])("of %i bytes leaves place for everything else, in steps of 16", (size, security, room) => {
    expect(fragmentRoom(size, 24, security)).toBe(room);
  });
});
