import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { AuthenticationError, IntegrityError, UnreachableError, UsageError } from "../../src/errors.js";
import type { Identity } from "../../src/security/identity.js";
import { openLogon, type LogonOptions } from "../../src/security/logon.js";
import { MECHANISM_OIDS } from "../../src/security/mechanism.js";
import { decodeNegTokenInit } from "../../src/security/spnego/tokens.js";
import { AES256 } from "./kerberos/golden.js";

/** The native package: the AP-REQ belongs to the ticket of the golden credential cache. */
const native = vi.hoisted(() => ({ apReq: "", problem: null as string | null }));
vi.mock("kerberos", () => ({
  default: {
    GSS_MECH_OID_KRB5: 9,
    initializeClient: () =>
      Promise.resolve({
        username: "alice@LAB.TEST",
        contextComplete: true,
        step: () =>
          native.problem === null
            ? Promise.resolve(Buffer.from(native.apReq, "hex").toString("base64"))
            : Promise.reject(new Error(native.problem)),
      }),
  },
}));

const { kerberos, msKerberos, ntlm } = MECHANISM_OIDS;

describe("openLogon", () => {
  let directory: string;
  let ticket: string;
  let expired: string;
  const notices: string[] = [];
  const asked = vi.fn(() => Promise.resolve({ kind: "password", password: "Passw0rd!" } as const));

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "panwatch-test-"));
    ticket = join(directory, "ticket");
    expired = join(directory, "expired");
    const cache = Buffer.from(AES256.ccache, "base64");
    await writeFile(expired, withEndTimes(cache, 0x20000000));
    await writeFile(ticket, withEndTimes(cache, 0xf0000000));
    native.apReq = AES256.apReq;
  });
  afterAll(() => rm(directory, { recursive: true }));
  beforeEach(() => {
    notices.length = 0;
    asked.mockClear();
    native.problem = null;
    process.env.KRB5CCNAME = join(directory, "none");
  });

  function logon(identity: Partial<Identity>, options: Partial<LogonOptions> = {}) {
    const who: Identity = {
      user: "alice",
      domain: null,
      secret: asked,
      kerberos: "desired",
      ccache: null,
      keytab: null,
    };
    const notice = (text: string, level: string) => notices.push(`${level}: ${text}`);
    return openLogon({ ...who, ...identity }, { server: "printsrv.lab.test", spn: null, notice, ...options });
  }

  /** What the first token of a fresh context offers. */
  async function offered(opened: Awaited<ReturnType<typeof logon>>): Promise<readonly string[]> {
    const context = await opened.context();
    const { token } = await context.step(null);
    return decodeNegTokenInit(token ?? new Uint8Array()).mechTypes;
  }

  it("offers NTLM only when Kerberos is off", async () => {
    await using opened = await logon({ kerberos: "off", ccache: ticket });
    expect(await offered(opened)).toEqual([ntlm]);
    expect(notices).toEqual([]);
  });

  it("offers Kerberos first, NTLM behind it, when there is a ticket; no password is asked for", async () => {
    await using opened = await logon({ ccache: ticket });
    expect(await offered(opened)).toEqual([msKerberos, kerberos, ntlm]);
    expect(asked).not.toHaveBeenCalled();
    expect(notices).toEqual([]);
  });

  it("takes the ticket of KRB5CCNAME, and its principal for the user when none is named", async () => {
    process.env.KRB5CCNAME = `FILE:${ticket}`;
    await using opened = await logon({ user: null });
    expect(await offered(opened)).toEqual([msKerberos, kerberos]);
  });

  it("offers Kerberos only when it is required", async () => {
    await using opened = await logon({ kerberos: "required", ccache: ticket });
    expect(await offered(opened)).toEqual([msKerberos, kerberos]);
    expect(opened.fallBack(new AuthenticationError("refused"))).toBe(false);
  });

  it("offers NTLM at once without a ticket, and tells only who wants to know", async () => {
    await using opened = await logon({});
    expect(await offered(opened)).toEqual([ntlm]);
    expect(notices).toEqual([
      expect.stringMatching(/^verbose: Kerberos is not used, NTLM is: there is no Kerberos ticket/),
    ]);
  });

  it("offers NTLM at once with an expired ticket", async () => {
    process.env.KRB5CCNAME = expired;
    await using opened = await logon({});
    expect(await offered(opened)).toEqual([ntlm]);
    expect(notices).toEqual([expect.stringMatching(/^verbose: .*has expired/)]);
  });

  it("offers NTLM when the ticket is somebody else's, and says how to use it", async () => {
    process.env.KRB5CCNAME = ticket;
    await using opened = await logon({ user: "bob" });
    expect(await offered(opened)).toEqual([ntlm]);
    expect(notices).toEqual([expect.stringMatching(/^warn: .*alice@LAB.TEST's, not bob's.*leave out the user \(-U/)]);
  });

  it.each(["192.0.2.7", "fe80::1"])("offers NTLM at once to the address %s", async (server) => {
    await using opened = await logon({ ccache: ticket }, { server });
    expect(await offered(opened)).toEqual([ntlm]);
    expect(notices).toEqual([]);
  });

  it("tries Kerberos with an address when the SPN was given", async () => {
    await using opened = await logon({ ccache: ticket }, { server: "192.0.2.7", spn: "host/printsrv.lab.test" });
    expect(await offered(opened)).toEqual([msKerberos, kerberos, ntlm]);
  });

  it("warns, once, when the domain refuses the ticket and NTLM is used instead", async () => {
    native.problem = "Server host/printsrv.lab.test@LAB.TEST not found in Kerberos database";
    process.env.KRB5CCNAME = ticket;
    await using opened = await logon({});
    expect(await offered(opened)).toEqual([ntlm]);
    expect(await offered(opened)).toEqual([ntlm]);
    expect(notices.map((line) => line.split(":")[0])).toEqual(["warn", "verbose"]);
    expect(notices[0]).toContain("NTLM used instead");
  });

  it("warns when a cache that was named cannot be used", async () => {
    await using opened = await logon({ ccache: expired });
    expect(await offered(opened)).toEqual([ntlm]);
    expect(notices).toEqual([expect.stringMatching(/^warn: Kerberos cannot be used, NTLM used instead: .*expired/)]);
  });

  it("fails without a ticket when Kerberos is required and no password is there, naming kinit", async () => {
    await using opened = await logon({ kerberos: "required", secret: () => Promise.resolve(null) });
    await expect(opened.context()).rejects.toMatchObject({
      code: "authentication",
      message: expect.stringMatching(/alice for host\/printsrv\.lab\.test/) as string,
      hint: expect.stringContaining("kinit") as string,
    });
  });

  it("says that the ticket is missing where Kerberos is required and nobody can be asked for a password", async () => {
    const secret = () => Promise.reject(new AuthenticationError("there is no terminal"));
    await using opened = await logon({ kerberos: "required", secret });
    await expect(opened.context()).rejects.toThrow(/there is no Kerberos ticket/);
  });

  it("does not turn an NT hash into a ticket", async () => {
    const secret = () => Promise.resolve({ kind: "nt-hash", hash: new Uint8Array(16) } as const);
    await using opened = await logon({ kerberos: "required", secret });
    await expect(opened.context()).rejects.toMatchObject({ hint: "an NT hash serves NTLM only" });
  });

  it("fails with neither ticket nor user, and says why Kerberos was not possible", async () => {
    await using opened = await logon({ user: null });
    await expect(opened.context()).rejects.toMatchObject({
      message: expect.stringMatching(/no credentials to log on to printsrv\.lab\.test.*no Kerberos ticket/) as string,
      hint: expect.stringContaining("kinit") as string,
    });
    expect(asked).not.toHaveBeenCalled();
  });

  it("fails with neither ticket nor password", async () => {
    await using opened = await logon({ secret: () => Promise.resolve(null) });
    const context = await opened.context();
    await expect(context.step(null)).rejects.toThrow(/no credentials.*no Kerberos ticket/);
  });

  it("refuses an SPN that is none", async () => {
    await expect(logon({}, { spn: "printsrv" })).rejects.toThrow(UsageError);
  });

  describe("fallBack", () => {
    it.each([
      ["a failed logon", new AuthenticationError("refused")],
      ["a bind_nak", new UnreachableError("logon", "bind_nak 0")],
    ])("goes to NTLM for good after %s, and says so once", async (_, error) => {
      await using opened = await logon({ ccache: ticket });
      await offered(opened);
      expect(opened.fallBack(error)).toBe(true);
      expect(notices).toEqual([
        expect.stringMatching(/^warn: the Kerberos ticket of alice@LAB.TEST was refused.*, NTLM used instead: /),
      ]);
      expect(await offered(opened)).toEqual([ntlm]);
      expect(opened.fallBack(error)).toBe(false);
      expect(await offered(opened)).toEqual([ntlm]);
      expect(notices).toHaveLength(1);
    });

    it.each([
      ["an alteration on the way", new IntegrityError("the seal does not verify")],
      ["a server that is not there", new UnreachableError("connect", "refused the connection")],
      [
        "a server that is slow",
        new UnreachableError("logon", "late", { cause: new DOMException("late", "TimeoutError") }),
      ],
      ["a bug", new TypeError("undefined")],
    ])("does not go to NTLM because of %s", async (_, error) => {
      await using opened = await logon({ ccache: ticket });
      await offered(opened);
      expect(opened.fallBack(error)).toBe(false);
      expect(await offered(opened)).toEqual([msKerberos, kerberos, ntlm]);
    });

    it("does not try NTLM again when it was NTLM that was refused", async () => {
      await using opened = await logon({});
      await offered(opened);
      expect(opened.fallBack(new AuthenticationError("wrong password"))).toBe(false);
    });

    it("has nothing to go to without a user", async () => {
      await using opened = await logon({ user: null, ccache: ticket });
      await offered(opened);
      expect(opened.fallBack(new AuthenticationError("refused"))).toBe(false);
    });
  });
});

/** The cache with other times of expiry: each ticket's own one is repeated in all of them. */
function withEndTimes(cache: Buffer, endTime: number): Buffer {
  const copy = Buffer.from(cache);
  const original = Buffer.alloc(4);
  original.writeUInt32BE(1795278636);
  for (let at = copy.indexOf(original); at >= 0; at = copy.indexOf(original, at)) copy.writeUInt32BE(endTime, at);
  return copy;
}
