import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.js";
import { AuthenticationError, DecodeError } from "../../../src/errors.js";
import { decodeCredentialCache, readCredentialCache } from "../../../src/security/kerberos/ccache.js";
import { decodeApRequest } from "../../../src/security/kerberos/messages.js";
import { AES256, RC4 } from "./golden.js";

const cache = new Uint8Array(Buffer.from(AES256.ccache, "base64"));

describe("decodeCredentialCache", () => {
  it("reads what MIT krb5 wrote, without its settings", () => {
    const { principal, credentials } = decodeCredentialCache(cache);
    expect(principal).toBe("alice@LAB.TEST");
    expect(credentials.map(({ server }) => server)).toEqual([
      "krbtgt/LAB.TEST@LAB.TEST",
      "host/printsrv.lab.test@LAB.TEST",
    ]);
    expect(credentials.map(({ key }) => key.enctype)).toEqual([18, 18]);
    expect(credentials[1]?.endTime).toBe(credentials[0]?.endTime);
    expect(new Date((credentials[0]?.endTime ?? 0) * 1000).getUTCFullYear()).toBe(2026);
  });

  it.each([
    ["AES256", AES256],
    ["RC4", RC4],
  ])("has the ticket of the AP-REQ, with its session key (%s)", (_, golden) => {
    const { ticket } = decodeApRequest(fromHex(golden.apReq));
    const { credentials } = decodeCredentialCache(Buffer.from(golden.ccache, "base64"));
    const found = credentials.filter((credential) => toHex(credential.ticket) === toHex(ticket));
    expect(found.map(({ key }) => toHex(key.value))).toEqual([golden.sessionKey]);
  });

  it("refuses every truncated form, but for those that end between two tickets", () => {
    const complete: number[] = [];
    for (let length = 0; length < cache.length; length++) {
      try {
        complete.push(decodeCredentialCache(cache.subarray(0, length)).credentials.length);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }
    // After the principal and after each entry but the last; kinit and GSS-API write settings between the two tickets.
    expect(complete[0]).toBe(0);
    expect(complete.at(-1)).toBe(1);
    expect(complete.length).toBeLessThanOrEqual(5);
  });

  it.each([
    ["0503", "version"],
    ["0504ffff", "header"],
    ["05040000" + "00000001" + "ffffffff" + "00000000", "component"],
    ["05040000" + "00000001" + "00000000" + "ffffffff", "realm"],
  ])("refuses %s, naming the field", (hex, field) => {
    expect(() => decodeCredentialCache(fromHex(hex))).toThrow(new RegExp(`^credential cache\\.[a-z ]*${field}`));
  });

  it("answers any bytes with a value or a DecodeError", () => {
    const spoilt = fc.array(fc.tuple(fc.nat(cache.length - 1), fc.nat(255)), { maxLength: 4 }).map((changes) => {
      const bytes = new Uint8Array(cache);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
    fc.assert(
      fc.property(spoilt, (bytes) => {
        try {
          decodeCredentialCache(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("readCredentialCache", () => {
  it("reads a file, and does not read an absurdly large one", async () => {
    const directory = await mkdtemp(join(tmpdir(), "panwatch-test-"));
    try {
      const path = join(directory, "krb5cc");
      await writeFile(path, cache);
      expect((await readCredentialCache(path)).principal).toBe("alice@LAB.TEST");
      await truncate(path, 17 * 1024 * 1024);
      await expect(readCredentialCache(path)).rejects.toThrow(AuthenticationError);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
