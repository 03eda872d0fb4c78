import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fromHex } from "../../../src/bytes/hex.js";
import { decodeCredentialCache } from "../../../src/security/kerberos/ccache.js";
import { KerberosInitiator } from "../../../src/security/kerberos/initiator.js";
import { parseSpn } from "../../../src/security/kerberos/spn.js";
import { AES128, AES256, FRAGMENT, type Golden, RC4 } from "./golden.js";

/** The native package: says what MIT krb5 said in the golden exchange. */
const native = vi.hoisted(() => ({ apReq: "", username: "" }));
vi.mock("kerberos", () => ({
  default: {
    GSS_MECH_OID_KRB5: 9,
    initializeClient: () =>
      Promise.resolve({
        get username() {
          return native.username;
        },
        contextComplete: true,
        step: (challenge: string) =>
          Promise.resolve(challenge === "" ? Buffer.from(native.apReq, "hex").toString("base64") : "dGhpcmQ="),
      }),
  },
}));

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "panwatch-test-"));
  native.username = "alice@LAB.TEST";
});
afterEach(() => rm(directory, { recursive: true }));

/** The initiator of a golden exchange, its AP-REQ sent. */
async function requested(golden: Golden): Promise<KerberosInitiator> {
  native.apReq = golden.apReq;
  const path = join(directory, "cache");
  const original = Buffer.from(golden.ccache, "base64");
  // The golden tickets have expired: nobody asks a KDC for others while they say that they have not.
  for (const { endTime } of decodeCredentialCache(original).credentials) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(endTime);
    for (let at = original.indexOf(bytes); at >= 0; at = original.indexOf(bytes, at))
      original.writeUInt32BE(0xf0000000, at);
  }
  await writeFile(path, original);
  const spn = parseSpn(golden === RC4 ? "host/old.lab.test" : "host/printsrv.lab.test");
  const options = { spn, path, principal: "alice@LAB.TEST", confidentiality: true, patienceMs: 10_000 };
  const initiator = await KerberosInitiator.open(options);
  await initiator.step(null);
  return initiator;
}

describe.each([
  ["AES256", AES256],
  ["AES128", AES128],
  ["RC4", RC4],
])("the client's side of MIT's exchange with %s", (_, golden) => {
  it("takes the acceptor's subkey from the AP-REP: what the server signs then verifies", async () => {
    const initiator = await requested(golden);
    expect(await initiator.step(fromHex(golden.apRep))).toMatchObject({ done: true });
    expect(initiator.user).toBe("alice@LAB.TEST");
    expect(() => initiator.verifyMic(Buffer.from(FRAGMENT), fromHex(golden.mic))).not.toThrow();
  });

  it("refuses a context of another principal than the one whose ticket was meant", async () => {
    const initiator = await requested(golden);
    native.username = "mallory@LAB.TEST";
    await expect(initiator.step(fromHex(golden.apRep))).rejects.toThrow(
      "Kerberos logged on mallory@LAB.TEST instead of alice@LAB.TEST",
    );
    expect(() => initiator.getMic(new Uint8Array())).toThrow("not over");
  });

  it("demands the server's mechListMIC with AES only", async () => {
    const initiator = await requested(golden);
    await initiator.step(fromHex(golden.apRep));
    expect([initiator.sendsMic, initiator.expectsMic]).toEqual([true, golden !== RC4]);
  });
});
