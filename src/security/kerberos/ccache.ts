import { readFile, stat } from "node:fs/promises";
import { ByteReader } from "../../bytes/reader.js";
import { AuthenticationError } from "../../errors.js";
import type { EncryptionKey } from "./encryption.js";

/** Far more than any real cache holds; a larger file is none. */
const MAX_SIZE = 16 * 1024 * 1024;
/** File format version 4, the one written for twenty years. */
const VERSION = 0x0504;
/** The realm under which a cache keeps its settings among the tickets. */
const SETTINGS_REALM = "X-CACHECONF:";

/** A ticket with its session key. */
export interface Credential {
  /** The principal the ticket is for: `krbtgt/EXAMPLE.COM@EXAMPLE.COM`. */
  readonly server: string;
  readonly key: EncryptionKey;
  /** When the ticket expires, in seconds since 1970. */
  readonly endTime: number;
  /** The Ticket's DER. */
  readonly ticket: Uint8Array;
}

export interface CredentialCache {
  /** Whose tickets these are: `alice@EXAMPLE.COM`. */
  readonly principal: string;
  readonly credentials: readonly Credential[];
}

/** Reads a FILE cache. Throws a DecodeError when it is none, an AuthenticationError when it is absurdly large. */
export async function readCredentialCache(path: string): Promise<CredentialCache> {
  const { size } = await stat(path);
  if (size > MAX_SIZE) throw new AuthenticationError(`the credential cache ${path} has ${size} bytes: it is none`);
  return decodeCredentialCache(await readFile(path));
}

/** Decodes the bytes of a FILE cache; all numbers are big-endian. Byte arrays are views. Throws a DecodeError. */
export function decodeCredentialCache(bytes: Uint8Array): CredentialCache {
  const reader = new ByteReader(bytes, "credential cache");
  const version = reader.u16be("version");
  if (version !== VERSION) throw reader.fail("version", `is 0x${version.toString(16)}, not 0x504`, 0);
  reader.bytes(reader.u16be("header length"), "header");
  const principal = readPrincipal(reader, "default principal");
  const credentials: Credential[] = [];
  while (reader.remaining > 0) {
    const credential = readCredential(reader);
    if (!credential.server.endsWith(`@${SETTINGS_REALM}`)) credentials.push(credential);
  }
  return { principal, credentials };
}

function readCredential(reader: ByteReader): Credential {
  readPrincipal(reader, "client");
  const server = readPrincipal(reader, "server");
  const key = { enctype: reader.u16be("keytype"), value: readData(reader, "key") };
  reader.u32be("authtime");
  reader.u32be("starttime");
  const endTime = reader.u32be("endtime");
  reader.u32be("renew_till");
  reader.u8("is_skey");
  reader.u32be("ticket_flags");
  skipTagged(reader, "addresses");
  skipTagged(reader, "authdata");
  const ticket = readData(reader, "ticket");
  readData(reader, "second_ticket");
  return { server, key, endTime, ticket };
}

/** A principal as `name/instance@REALM`. Each component takes four bytes at least, so its count cannot run away. */
function readPrincipal(reader: ByteReader, field: string): string {
  reader.u32be(`${field} type`);
  const count = reader.u32be(`${field} count`);
  const realm = readText(reader, `${field} realm`);
  const components: string[] = [];
  for (let i = 0; i < count; i++) components.push(readText(reader, `${field} component`));
  return `${components.join("/")}@${realm}`;
}

function skipTagged(reader: ByteReader, field: string): void {
  const count = reader.u32be(`${field} count`);
  for (let i = 0; i < count; i++) {
    reader.u16be(`${field} type`);
    readData(reader, field);
  }
}

function readText(reader: ByteReader, field: string): string {
  return Buffer.from(readData(reader, field)).toString("utf8");
}

function readData(reader: ByteReader, field: string): Uint8Array {
  return reader.bytes(reader.u32be(`${field} length`), field);
}
