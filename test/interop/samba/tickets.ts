import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { applicationTag, contextTag, DerReader, TAGS } from "../../../src/security/der.js";
import { decodeCredentialCache } from "../../../src/security/kerberos/ccache.js";
import { decryptMessage, encryptMessage, type EncryptionKey } from "../../../src/security/kerberos/encryption.js";

/** Key usage of a Ticket's encrypted part ([RFC 4120] 7.5.1). */
const TICKET_USAGE = 2;
const AES256 = 18;

/** A key of an account, as klist shows it. */
export function keyOf(keytab: string, principal: string): EncryptionKey {
  const lines = execFileSync("klist", ["-k", "-K", "-e", keytab], { encoding: "utf8" }).split("\n");
  const line = lines.find((line) => line.includes(` ${principal} (aes256-cts-hmac-sha1-96)`));
  const hex = /\(0x([0-9a-f]{64})\)/.exec(line ?? "")?.[1];
  if (hex === undefined) throw new Error(`${keytab} has no AES256 key of ${principal}`);
  return { enctype: AES256, value: new Uint8Array(Buffer.from(hex, "hex")) };
}

/**
 * Copies a cache, the ticket for `host/…` in it moved in time: the server, with whose `key` it is sealed again, sees times
 * that lie `seconds` later, while the cache tells the client the old ones.
 */
export async function moveTicket(from: string, to: string, key: EncryptionKey, seconds: number): Promise<void> {
  const cache = await readFile(from);
  const { credentials } = decodeCredentialCache(cache);
  const ticket = credentials.find(({ server }) => server.startsWith("host/"))?.ticket ?? new Uint8Array();
  const fields = new DerReader(ticket, "Ticket").enter(applicationTag(1), "message").enter(TAGS.sequence, "fields");
  for (const [tag, field] of ["tkt-vno", "realm", "sname"].entries()) fields.enter(contextTag(tag), field);
  const sealed = fields.enter(contextTag(3), "enc-part").enter(TAGS.sequence, "EncryptedData");
  for (const [tag, field] of ["etype", "kvno"].entries()) sealed.enter(contextTag(tag), field);
  const cipher = sealed.enter(contextTag(2), "cipher").octets("cipher");
  const plain = Buffer.from(decryptMessage(key, TICKET_USAGE, cipher));
  const moved = plain.toString("latin1").replace(/\d{14}Z/g, (time) => moveTime(time, seconds));
  cipher.set(encryptMessage(key, TICKET_USAGE, Buffer.from(moved, "latin1")));
  await writeFile(to, cache);
}

/** Moves a GeneralizedTime: `20261121163512Z`. */
function moveTime(time: string, seconds: number): string {
  const [date, clock] = [time.slice(0, 8), time.slice(8, 14)];
  const iso = `${date.replace(/(....)(..)/, "$1-$2-")}T${clock.replace(/(..)(..)/, "$1:$2:")}Z`;
  const moved = new Date(Date.parse(iso) + seconds * 1000).toISOString();
  return `${moved.slice(0, 19).replace(/\D/g, "")}Z`;
}

/**
 * Copies a cache with the note in its header that the KDC's clock is `seconds` ahead of this machine's. libkrb5 then writes
 * the time into its messages as the KDC's clock would tell it: to the server, the client's clock is wrong.
 */
export async function moveClock(from: string, to: string, seconds: number): Promise<void> {
  const cache = await readFile(from);
  const headerEnd = 4 + cache.readUInt16BE(2);
  const header = Buffer.alloc(16);
  // Version 4, length of the header, its one field: DeltaTime, 8 bytes, seconds, microseconds.
  for (const [index, value] of [0x0504, 12, 1, 8].entries()) header.writeUInt16BE(value, 2 * index);
  header.writeInt32BE(seconds, 8);
  await writeFile(to, Buffer.concat([header, cache.subarray(headerEnd)]));
}
