import type { Pdu } from "../../src/rpc/pdu/pdu.js";
import type { SyntaxId } from "../../src/rpc/pdu/syntax-id.js";
import { fromHex } from "../../src/bytes/hex.js";

/** A PDU that another implementation built, and its fields. */
export interface PduVector {
  readonly name: string;
  readonly hex: string;
  readonly pdu: Pdu;
}

export const NDR: SyntaxId = { uuid: "8a885d04-1ceb-11c9-9fe8-08002b104860", major: 2, minor: 0 };
export const NDR64: SyntaxId = { uuid: "71710533-beba-4937-8319-b5dbef9ccc36", major: 1, minor: 0 };
export const FEATURES: SyntaxId = { uuid: "6cb71c2c-9812-4540-0300-000000000000", major: 1, minor: 0 };
export const NONE: SyntaxId = { uuid: "00000000-0000-0000-0000-000000000000", major: 0, minor: 0 };
export const REMOTE_OBJECT: SyntaxId = { uuid: "ae33069b-a2a8-46ee-a235-ddfd339be281", major: 1, minor: 0 };
export const ASYNC_NOTIFY: SyntaxId = { uuid: "0b6edbfa-4a24-4fc6-8a23-942b1eca65d1", major: 1, minor: 0 };

const SPNEGO_INIT =
  "604806062b0601050502a03e303ca00e300c060a2b06010401823702020aa22a04284e544c4d5353500001000000" +
  "358288e2000000000000000000000000000000000a00614a0000000f";
const SPNEGO_RESP = "a1073005a0030a0100";

/** From the independent print server, its client, and Samba 4.17, as recorded on the wire or built by their code. */
export const PDU_VECTORS: readonly PduVector[] = [
  {
    name: "bind without security, by the independent client",
    hex: `05000b0310000000a000000001000000 d016d01600000000 03000000
      0000 0100 9b0633aea8a2ee46a235ddfd339be28101000000 045d888aeb1cc9119fe808002b10486002000000
      0100 0100 fadb6e0b244ac64f8a23942b1eca65d101000000 045d888aeb1cc9119fe808002b10486002000000
      0200 0100 fadb6e0b244ac64f8a23942b1eca65d101000000 2c1cb76c12984045030000000000000001000000`,
    pdu: {
      type: "bind",
      flags: 0x03,
      callId: 1,
      auth: null,
      maxXmit: 5840,
      maxRecv: 5840,
      assocGroup: 0,
      contexts: [
        { id: 0, abstractSyntax: REMOTE_OBJECT, transferSyntaxes: [NDR] },
        { id: 1, abstractSyntax: ASYNC_NOTIFY, transferSyntaxes: [NDR] },
        { id: 2, abstractSyntax: ASYNC_NOTIFY, transferSyntaxes: [FEATURES] },
      ],
    },
  },
  {
    name: "bind with SPNEGO and NTLM, by the independent client",
    hex: `05000b17100000004a014a0001000000 d016d01600000000 05000000
      0000 0100 9b0633aea8a2ee46a235ddfd339be28101000000 045d888aeb1cc9119fe808002b10486002000000
      0100 0100 9b0633aea8a2ee46a235ddfd339be28101000000 33057171babe37498319b5dbef9ccc3601000000
      0200 0100 fadb6e0b244ac64f8a23942b1eca65d101000000 045d888aeb1cc9119fe808002b10486002000000
      0300 0100 fadb6e0b244ac64f8a23942b1eca65d101000000 33057171babe37498319b5dbef9ccc3601000000
      0400 0100 fadb6e0b244ac64f8a23942b1eca65d101000000 2c1cb76c12984045030000000000000001000000
      09060000 01000000 ${SPNEGO_INIT}`,
    pdu: {
      type: "bind",
      flags: 0x17,
      callId: 1,
      auth: { type: 9, level: 6, padLength: 0, contextId: 1, token: fromHex(SPNEGO_INIT) },
      maxXmit: 5840,
      maxRecv: 5840,
      assocGroup: 0,
      contexts: [
        { id: 0, abstractSyntax: REMOTE_OBJECT, transferSyntaxes: [NDR] },
        { id: 1, abstractSyntax: REMOTE_OBJECT, transferSyntaxes: [NDR64] },
        { id: 2, abstractSyntax: ASYNC_NOTIFY, transferSyntaxes: [NDR] },
        { id: 3, abstractSyntax: ASYNC_NOTIFY, transferSyntaxes: [NDR64] },
        { id: 4, abstractSyntax: ASYNC_NOTIFY, transferSyntaxes: [FEATURES] },
      ],
    },
  },
  {
    name: "bind_ack by the independent server",
    hex: `05000c03100000006c00000001000000 d016d016d0284570 0600 353834383800 0300000000000000
      045d888aeb1cc9119fe808002b10486002000000 00000000045d888aeb1cc9119fe808002b10486002000000
      0300030000000000000000000000000000000000 00000000`,
    pdu: {
      type: "bind_ack",
      flags: 0x03,
      callId: 1,
      auth: null,
      maxXmit: 5840,
      maxRecv: 5840,
      assocGroup: 0x704528d0,
      secondaryAddress: "58488",
      results: [
        { result: 0, reason: 0, transferSyntax: NDR },
        { result: 0, reason: 0, transferSyntax: NDR },
        { result: 3, reason: 3, transferSyntax: NONE },
      ],
    },
  },
  {
    name: "bind_ack by Samba, which refuses NDR64",
    hex: `05000c13100000006c00000001000000 d016d016a6550000 0400 31333500 0000 03000000
      02000200 0000000000000000000000000000000000000000
      00000000 045d888aeb1cc9119fe808002b10486002000000
      03000300 0000000000000000000000000000000000000000`,
    pdu: {
      type: "bind_ack",
      flags: 0x13,
      callId: 1,
      auth: null,
      maxXmit: 5840,
      maxRecv: 5840,
      assocGroup: 0x55a6,
      secondaryAddress: "135",
      results: [
        { result: 2, reason: 2, transferSyntax: NONE },
        { result: 0, reason: 0, transferSyntax: NDR },
        { result: 3, reason: 3, transferSyntax: NONE },
      ],
    },
  },
  {
    name: "bind_ack by Samba for an unknown interface",
    hex: `05000c03100000003c00000001000000 d016d016e40e0000 0400 31333500 0000 01000000
      02000100 0000000000000000000000000000000000000000`,
    pdu: {
      type: "bind_ack",
      flags: 0x03,
      callId: 1,
      auth: null,
      maxXmit: 5840,
      maxRecv: 5840,
      assocGroup: 0xee4,
      secondaryAddress: "135",
      results: [{ result: 2, reason: 1, transferSyntax: NONE }],
    },
  },
  {
    name: "bind_nak by the independent server",
    hex: "05000d03100000001800000001000000 0400 01 05 00 000000",
    pdu: { type: "bind_nak", flags: 0x03, callId: 1, auth: null, reason: 4 },
  },
  {
    name: "bind_nak by Samba for an association group that is gone",
    hex: "05000d03100000001800000001000000 0000 01 05 00 000000",
    pdu: { type: "bind_nak", flags: 0x03, callId: 1, auth: null, reason: 0 },
  },
  {
    name: "alter_context with SPNEGO, by the independent client's code",
    hex: `05000e07100000008500090003000000 d016d01644332211 02000000
      0000 0100 9b0633aea8a2ee46a235ddfd339be28101000000 33057171babe37498319b5dbef9ccc3601000000
      0100 0100 9b0633aea8a2ee46a235ddfd339be28101000000 045d888aeb1cc9119fe808002b10486002000000
      09060000 01000000 ${SPNEGO_RESP}`,
    pdu: {
      type: "alter_context",
      flags: 0x07,
      callId: 3,
      auth: { type: 9, level: 6, padLength: 0, contextId: 1, token: fromHex(SPNEGO_RESP) },
      maxXmit: 5840,
      maxRecv: 5840,
      assocGroup: 0x11223344,
      contexts: [
        { id: 0, abstractSyntax: REMOTE_OBJECT, transferSyntaxes: [NDR64] },
        { id: 1, abstractSyntax: REMOTE_OBJECT, transferSyntaxes: [NDR] },
      ],
    },
  },
  {
    name: "alter_context_resp with SPNEGO, by the independent server's code",
    hex: `05000f17100000006100090003000000 d016d01644332211 0000 0000 02000000
      00000000 33057171babe37498319b5dbef9ccc3601000000
      02000200 0000000000000000000000000000000000000000
      09060000 01000000 ${SPNEGO_RESP}`,
    pdu: {
      type: "alter_context_resp",
      flags: 0x17,
      callId: 3,
      auth: { type: 9, level: 6, padLength: 0, contextId: 1, token: fromHex(SPNEGO_RESP) },
      maxXmit: 5840,
      maxRecv: 5840,
      assocGroup: 0x11223344,
      secondaryAddress: "",
      results: [
        { result: 0, reason: 0, transferSyntax: NDR64 },
        { result: 2, reason: 2, transferSyntax: NONE },
      ],
    },
  },
  {
    name: "auth3 by the independent client's code",
    hex: "05001003100000002400080001000000 00000000 0a050000 07000000 4e544c4d53535000",
    pdu: {
      type: "auth3",
      flags: 0x03,
      callId: 1,
      auth: { type: 10, level: 5, padLength: 0, contextId: 7, token: fromHex("4e544c4d53535000") },
    },
  },
  {
    name: "request by the independent client",
    hex: "05000003100000002c00000005000000 14000000 0100 0100 000000005f8740b0901bd54c91c58722d8027165",
    pdu: {
      type: "request",
      flags: 0x03,
      callId: 5,
      auth: null,
      allocHint: 20,
      contextId: 1,
      opnum: 1,
      object: null,
      stub: fromHex("000000005f8740b0901bd54c91c58722d8027165"),
    },
  },
  {
    name: "request with an object, by the independent client's code",
    hex: "05000083100000002d00000009000000 05000000 0100 0400 33221100554477668899aabbccddeeff 4142434445",
    pdu: {
      type: "request",
      flags: 0x83,
      callId: 9,
      auth: null,
      allocHint: 5,
      contextId: 1,
      opnum: 4,
      object: "00112233-4455-6677-8899-aabbccddeeff",
      stub: fromHex("4142434445"),
    },
  },
  {
    name: "response by the independent server",
    hex: "05000203100000003000000002000000 18000000 0000 0000 000000005f8740b0901bd54c91c58722d802716500000000",
    pdu: {
      type: "response",
      flags: 0x03,
      callId: 2,
      auth: null,
      allocHint: 24,
      contextId: 0,
      cancelCount: 0,
      stub: fromHex("000000005f8740b0901bd54c91c58722d802716500000000"),
    },
  },
  {
    name: "fault of a cancelled call, by the independent server",
    hex: "05000303100000002000000004000000 20000000 0100 01 00 0d00001c 00000000",
    pdu: {
      type: "fault",
      flags: 0x03,
      callId: 4,
      auth: null,
      allocHint: 32,
      contextId: 1,
      cancelCount: 1,
      status: 0x1c00000d,
    },
  },
  {
    name: "fault by Samba",
    hex: "05000323100000002000000002000000 18000000 0100 00 00 0200011c 00000000",
    pdu: {
      type: "fault",
      flags: 0x23,
      callId: 2,
      auth: null,
      allocHint: 24,
      contextId: 1,
      cancelCount: 0,
      status: 0x1c010002,
    },
  },
  {
    name: "shutdown by the independent server's code",
    hex: "05001103100000001000000000000000",
    pdu: { type: "shutdown", flags: 0x03, callId: 0, auth: null },
  },
  {
    name: "co_cancel by the independent client",
    hex: "05001203100000001000000004000000",
    pdu: { type: "co_cancel", flags: 0x03, callId: 4, auth: null },
  },
  {
    name: "orphaned by the independent client",
    hex: "05001303100000001000000004000000",
    pdu: { type: "orphaned", flags: 0x03, callId: 4, auth: null },
  },
];
