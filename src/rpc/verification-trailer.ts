import { ByteReader } from "../bytes/reader.js";
import { ByteWriter } from "../bytes/writer.js";
import { DecodeError } from "../errors.js";
import { DATA_REPRESENTATION } from "./pdu/header.js";
import { readSyntaxId, sameSyntax, writeSyntaxId, type SyntaxId } from "./pdu/syntax-id.js";
import { PDU_TYPES } from "./pdu/types.js";

/** What a verification trailer vouches for ([MS-RPCE] 2.2.2.13). */
export interface TrailerFacts {
  /** Whether the bind carried PFC_SUPPORT_HEADER_SIGN. */
  readonly headerSignOffered: boolean;
  readonly interfaceId: SyntaxId;
  readonly transferSyntax: SyntaxId;
  readonly callId: number;
  readonly contextId: number;
  readonly opnum: number;
}

const SIGNATURE = Uint8Array.of(0x8a, 0xe3, 0x13, 0x71, 0x02, 0xf4, 0x36, 0x71);
const ALIGNMENT = 4;
const COMMANDS = { bitmask: 1, presentationContext: 2, header2: 3 } as const;
const COMMAND_MASK = 0x3fff;
const COMMAND_END = 0x4000;
const COMMAND_MUST_PROCESS = 0x8000;
const CLIENT_SUPPORT_HEADER_SIGNING = 1;

/** A command of a trailer: what one part of it vouches for ([MS-RPCE] 2.2.2.13.2 to 2.2.2.13.4). */
export type TrailerCommand = keyof typeof COMMANDS;

/**
 * The trailer for a stub of `stubLength` bytes, with the zero bytes that align it and the given commands, of which there
 * must be one.
 */
export function encodeVerificationTrailer(
  stubLength: number,
  commands: readonly TrailerCommand[],
  facts: TrailerFacts,
): Uint8Array {
  const writer = new ByteWriter(128);
  writer.zeros(-stubLength & (ALIGNMENT - 1)).bytes(SIGNATURE);
  for (const [index, command] of commands.entries()) {
    writer.u16(COMMANDS[command] | (index === commands.length - 1 ? COMMAND_END : 0));
    WRITERS[command](writer, facts);
  }
  return writer.finish();
}

const WRITERS: Readonly<Record<TrailerCommand, (writer: ByteWriter, facts: TrailerFacts) => void>> = {
  bitmask: (writer, { headerSignOffered }) => {
    writer.u16(4).u32(headerSignOffered ? CLIENT_SUPPORT_HEADER_SIGNING : 0);
  },
  presentationContext: (writer, { interfaceId, transferSyntax }) => {
    writer.u16(40);
    writeSyntaxId(writer, interfaceId);
    writeSyntaxId(writer, transferSyntax);
  },
  header2: (writer, { callId, contextId, opnum }) => {
    writer.u16(16).u8(PDU_TYPES.request).zeros(3).u32(DATA_REPRESENTATION);
    writer.u32(callId).u16(contextId).u16(opnum);
  },
};

/** Where the verification trailer of a whole request begins; -1 when it has none. */
export function findVerificationTrailer(stub: Uint8Array): number {
  const buffer = Buffer.from(stub.buffer, stub.byteOffset, stub.byteLength);
  let at = buffer.lastIndexOf(SIGNATURE);
  while (at > 0 && at % ALIGNMENT !== 0) at = buffer.lastIndexOf(SIGNATURE, at - 1);
  return at;
}

/**
 * Compares the trailer that begins at `offset` with the facts; null when it agrees, else what does not. A request with a wrong
 * trailer is answered by a fault with status 5.
 */
export function verificationTrailerProblem(stub: Uint8Array, offset: number, facts: TrailerFacts): string | null {
  try {
    const reader = new ByteReader(stub, "verification trailer", offset + SIGNATURE.length);
    for (;;) {
      const command = reader.u16("command");
      const body = new ByteReader(reader.bytes(reader.u16("length"), "command data"), "verification trailer");
      const problem = commandProblem(command, body, facts);
      if (problem !== null || (command & COMMAND_END) !== 0) return problem;
    }
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}

function commandProblem(command: number, body: ByteReader, facts: TrailerFacts): string | null {
  switch (command & COMMAND_MASK) {
    case COMMANDS.bitmask:
      return bitmaskProblem(body, facts);
    case COMMANDS.presentationContext:
      return contextProblem(body, facts);
    case COMMANDS.header2:
      return headerProblem(body, facts);
    default:
      return (command & COMMAND_MUST_PROCESS) === 0 ? null : `command ${command & COMMAND_MASK} must be processed`;
  }
}

function bitmaskProblem(body: ByteReader, facts: TrailerFacts): string | null {
  const claimed = (body.u32("bits") & CLIENT_SUPPORT_HEADER_SIGNING) !== 0;
  return claimed && !facts.headerSignOffered ? "header signing was offered, but the bind did not say so" : null;
}

function contextProblem(body: ByteReader, facts: TrailerFacts): string | null {
  if (!sameSyntax(readSyntaxId(body, "InterfaceId"), facts.interfaceId)) return "another interface than in the bind";
  if (!sameSyntax(readSyntaxId(body, "TransferSyntax"), facts.transferSyntax))
    return "another transfer syntax than in the bind";
  return null;
}

function headerProblem(body: ByteReader, facts: TrailerFacts): string | null {
  const type = body.u8("PTYPE");
  body.bytes(3, "reserved");
  const drep = body.u32("drep");
  const same =
    type === PDU_TYPES.request &&
    drep === DATA_REPRESENTATION &&
    body.u32("call_id") === facts.callId &&
    body.u16("p_cont_id") === facts.contextId &&
    body.u16("opnum") === facts.opnum;
  return same ? null : "another header than the request's";
}
