import { ByteReader } from "../../bytes/reader.js";
import { encodeUtf16 } from "../../bytes/utf16.js";
import { ByteWriter } from "../../bytes/writer.js";
import { type AvPair, decodeAvPairs, encodeAvPairs } from "./av-pairs.js";
import { has } from "./flags.js";
import {
  MESSAGE_TYPES,
  OUR_VERSION,
  Payload,
  readField,
  readPreamble,
  readText,
  writeField,
  writePreamble,
} from "./payload.js";

/** CHALLENGE_MESSAGE ([MS-NLMP] 2.2.1.2) in Unicode. */
export interface Challenge {
  readonly flags: number;
  /** 8 bytes. */
  readonly serverChallenge: Uint8Array;
  readonly targetName: string;
  /** The pairs of TargetInfo, without MsvAvEOL. */
  readonly targetInfo: readonly AvPair[];
}

/** Without the version, which servers before Windows XP leave out. */
const HEADER_SIZE = 48;

export function encodeChallenge(challenge: Challenge): Uint8Array {
  const payload = new Payload(HEADER_SIZE + OUR_VERSION.length);
  const targetName = payload.add(encodeUtf16(challenge.targetName), "target name");
  const targetInfo = payload.add(encodeAvPairs(challenge.targetInfo), "target information");

  const writer = new ByteWriter();
  writePreamble(writer, MESSAGE_TYPES.challenge);
  writeField(writer, targetName);
  writer.u32(challenge.flags).bytes(challenge.serverChallenge).zeros(8);
  writeField(writer, targetInfo);
  writer.bytes(OUR_VERSION);
  payload.writeTo(writer);
  return writer.finish();
}

/** Throws a DecodeError for a message that is malformed or cut short. What it returns are views of the message. */
export function decodeChallenge(bytes: Uint8Array): Challenge {
  const reader = new ByteReader(bytes, "CHALLENGE");
  readPreamble(reader, MESSAGE_TYPES.challenge);
  const targetName = readText(reader, HEADER_SIZE, "TargetName");
  const flags = reader.u32("NegotiateFlags");
  const serverChallenge = reader.bytes(8, "ServerChallenge");
  reader.bytes(8, "Reserved");
  const targetInfo = readField(reader, HEADER_SIZE, "TargetInfo");
  if (has(flags, "version")) reader.bytes(OUR_VERSION.length, "Version");
  return {
    flags,
    serverChallenge,
    targetName,
    targetInfo: targetInfo.length === 0 ? [] : decodeAvPairs(targetInfo, "CHALLENGE.TargetInfo"),
  };
}
