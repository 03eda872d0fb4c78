import { ByteReader } from "../../bytes/reader.js";
import { encodeUtf16 } from "../../bytes/utf16.js";
import { ByteWriter } from "../../bytes/writer.js";
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

/** AUTHENTICATE_MESSAGE ([MS-NLMP] 2.2.1.3) in Unicode. */
export interface Authenticate {
  readonly flags: number;
  readonly domain: string;
  readonly user: string;
  readonly workstation: string;
  readonly lmResponse: Uint8Array;
  readonly ntResponse: Uint8Array;
  /** 16 bytes where keys are exchanged, else empty. */
  readonly encryptedSessionKey: Uint8Array;
}

/** Without version and MIC, which only newer clients send. */
const HEADER_SIZE = 64;
const MIC_OFFSET = 72;
const MIC_SIZE = 16;

/** The message with a MIC of zeros, which `setMic` fills in. */
export function encodeAuthenticate(message: Authenticate): Uint8Array {
  const payload = new Payload(MIC_OFFSET + MIC_SIZE);
  const domain = payload.add(encodeUtf16(message.domain), "domain name");
  const user = payload.add(encodeUtf16(message.user), "user name");
  const workstation = payload.add(encodeUtf16(message.workstation), "workstation name");
  const lmResponse = payload.add(message.lmResponse, "LM response");
  const ntResponse = payload.add(message.ntResponse, "NT response");
  const sessionKey = payload.add(message.encryptedSessionKey, "session key");

  const writer = new ByteWriter(512);
  writePreamble(writer, MESSAGE_TYPES.authenticate);
  for (const field of [lmResponse, ntResponse, domain, user, workstation, sessionKey]) writeField(writer, field);
  writer.u32(message.flags).bytes(OUR_VERSION).zeros(MIC_SIZE);
  payload.writeTo(writer);
  return writer.finish();
}

/** Throws a DecodeError for a message that is malformed or cut short. What it returns are views of the message. */
export function decodeAuthenticate(bytes: Uint8Array): Authenticate {
  const reader = new ByteReader(bytes, "AUTHENTICATE");
  readPreamble(reader, MESSAGE_TYPES.authenticate);
  const lmResponse = readField(reader, HEADER_SIZE, "LmChallengeResponse");
  const ntResponse = readField(reader, HEADER_SIZE, "NtChallengeResponse");
  const domain = readText(reader, HEADER_SIZE, "DomainName");
  const user = readText(reader, HEADER_SIZE, "UserName");
  const workstation = readText(reader, HEADER_SIZE, "Workstation");
  const encryptedSessionKey = readField(reader, HEADER_SIZE, "EncryptedRandomSessionKey");
  const flags = reader.u32("NegotiateFlags");
  if (has(flags, "version")) reader.bytes(OUR_VERSION.length, "Version");
  return { flags, domain, user, workstation, lmResponse, ntResponse, encryptedSessionKey };
}

/** Writes the MIC into an encoded message. */
export function setMic(message: Uint8Array, mic: Uint8Array): void {
  message.set(mic, MIC_OFFSET);
}

/** Takes the MIC out of a message that announces one: the MIC, and a copy of the message with zeros in its place. */
export function takeMic(message: Uint8Array): { readonly mic: Uint8Array; readonly unsigned: Uint8Array } {
  const mic = new ByteReader(message, "AUTHENTICATE", MIC_OFFSET).bytes(MIC_SIZE, "MIC");
  const unsigned = new Uint8Array(message);
  unsigned.fill(0, MIC_OFFSET, MIC_OFFSET + MIC_SIZE);
  return { mic, unsigned };
}
