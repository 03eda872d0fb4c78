import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.js";
import { AuthenticationError, IntegrityError, UnreachableError, UsageError } from "../../src/errors.js";
import type { Identity } from "../../src/security/identity.js";
import { decodeApRequest } from "../../src/security/kerberos/messages.js";
import { openLogon, type Logon, type LogonOptions } from "../../src/security/logon.js";
import { MECHANISM_OIDS } from "../../src/security/mechanism.js";
import { decodeNegTokenInit } from "../../src/security/spnego/tokens.js";
import { AES256 } from "./kerberos/golden.js";
import { SecretTrial } from "../../src/security/trial.js";

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
  const given = { kind: "password", password: "Passw0rd!" } as const;
  const asked = vi.fn(() => Promise.resolve(given));

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "panwatch-test-"));
    ticket = join(directory, "ticket");
    expired = join(directory, "expired");
    const cache = Buffer.from(AES256.ccache, "base64");
    await writeFile(expired, withEndTimes(cache, 0x20000000));
  });
  afterAll(() => rm(directory, { recursive: true }));
  beforeEach(async () => {
    await writeFile(ticket, withEndTimes(Buffer.from(AES256.ccache, "base64"), 0xf0000000));
    native.apReq = AES256.apReq;
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
      trial: new SecretTrial(),
    };
    // What -vv tells beside these has a test of its own (e2e/diagnosis).
    const notice = (text: string, level: string): void => void (level !== "debug" && notices.push(`${level}: ${text}`));
    return openLogon({ ...who, ...identity }, { server: "printsrv.lab.test", spn: null, notice, ...options });
  }

  /** What the first token of a fresh context offers. */
  async function offered(opened: Logon): Promise<readonly string[]> {
    const context = await opened.context();
    const { token } = await context.step(null);
    context.concluded?.(new Error("given up"));
    return decodeNegTokenInit(token ?? new Uint8Array()).mechTypes;
  }

  /** Begins a connection that offers Kerberos, and lets it end with `error`; gives what is thrown then. */
  async function refuse(opened: Logon, error: unknown): Promise<unknown> {
    const context = await opened.context();
    await context.step(null);
    return context.concluded?.(error);
  }

  it("offers NTLM only when Kerberos is off", async () => {
    await using opened = await logon({ kerberos: "off", ccache: ticket });
    expect(await offered(opened)).toEqual([ntlm]);
    expect(notices).toEqual([]);
  });

  it("offers Kerberos alone when there is a ticket; no password is asked for", async () => {
    await using opened = await logon({ ccache: ticket });
    expect(await offered(opened)).toEqual([msKerberos, kerberos]);
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
    expect(opened.fallBack(await refuse(opened, new AuthenticationError("refused")))).toBe(false);
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
    expect(notices).toEqual([
      expect.stringMatching(/^warn: .*alice@LAB.TEST's, not bob's.*name no user \(the option user\)/),
    ]);
  });

  it.each(["192.0.2.7", "fe80::1"])("offers NTLM at once to the address %s", async (server) => {
    await using opened = await logon({ ccache: ticket }, { server });
    expect(await offered(opened)).toEqual([ntlm]);
    expect(notices).toEqual([]);
  });

  it("tries Kerberos with an address when the SPN was given", async () => {
    await using opened = await logon({ ccache: ticket }, { server: "192.0.2.7", spn: "host/printsrv.lab.test" });
    expect(await offered(opened)).toEqual([msKerberos, kerberos]);
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
    it("goes to NTLM after a refused ticket until that changes, and says so once", async () => {
      await using opened = await logon({ ccache: ticket });
      const error = await refuse(opened, new AuthenticationError("refused"));
      expect(opened.fallBack(error)).toBe(true);
      expect(notices).toEqual([
        expect.stringMatching(/^warn: the Kerberos ticket of alice@LAB.TEST was refused.*, NTLM used instead: /),
      ]);
      expect(await offered(opened)).toEqual([ntlm]);
      expect(await offered(opened)).toEqual([ntlm]);
      expect(notices).toHaveLength(1);

      native.apReq = withOtherTicket(AES256.apReq);
      const cache = withEndTimes(Buffer.from(AES256.ccache, "base64"), 0xf0000000);
      await writeFile(ticket, Buffer.from(withOtherTicket(cache.toString("hex")), "hex"));
      expect(await offered(opened)).toEqual([msKerberos, kerberos]);
    });

    it.each([
      ["an alteration on the way", new IntegrityError("the seal does not verify")],
      ["a server that is not there", new UnreachableError("connect", "refused the connection")],
      ["a server that is busy", new UnreachableError("logon", "bind_nak 1")],
      [
        "a server that is slow",
        new UnreachableError("logon", "late", { cause: new DOMException("late", "TimeoutError") }),
      ],
      ["a bug", new TypeError("undefined")],
    ])("does not go to NTLM because of %s", async (_, error) => {
      await using opened = await logon({ ccache: ticket });
      expect(await refuse(opened, error)).toBe(error);
      expect(opened.fallBack(error)).toBe(false);
      expect(await offered(opened)).toEqual([msKerberos, kerberos]);
    });

    it("does not try NTLM again when it was NTLM that was refused", async () => {
      await using opened = await logon({});
      expect(opened.fallBack(await refuse(opened, new AuthenticationError("wrong password")))).toBe(false);
    });

    it("has nothing to go to without a user", async () => {
      await using opened = await logon({ user: null, ccache: ticket });
      expect(opened.fallBack(await refuse(opened, new AuthenticationError("refused")))).toBe(false);
    });
  });

  describe("Kerberos that has worked", () => {
    it.each([
      ["the ticket expires", false],
      ["the server refuses the ticket", true],
    ])("is no final failure when %s: it locks no account", async (_, byServer) => {
      await using opened = await logon({ user: null, kerberos: "required", ccache: ticket });
      const early = await logon({ user: null, kerberos: "required", ccache: expired });
      await expect(early.context()).rejects.toMatchObject({ meaning: "refused" });
      await refuse(opened, null);
      if (!byServer) await writeFile(ticket, await readFile(expired));
      const error = byServer
        ? await refuse(opened, new AuthenticationError("no"))
        : await opened.context().catch((problem: unknown) => problem);
      expect(error).toMatchObject({ code: "authentication", meaning: "loss", retryInMs: null });
    });

    it("asks nobody for a password later, and says what to do", async () => {
      await using opened = await logon({ ccache: ticket, secret: (mayAsk) => Promise.resolve(mayAsk ? given : null) });
      await refuse(opened, null);
      await writeFile(ticket, await readFile(expired));
      const context = await opened.context();
      await expect(context.step(null)).rejects.toMatchObject({
        meaning: "loss",
        hint: expect.stringContaining("kinit") as string,
      });
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

/** Another ticket for the same keys: its last byte, that of the ciphertext, is changed wherever the ticket stands. */
function withOtherTicket(hex: string): string {
  const original = hexOfTicket();
  const other = original.slice(0, -2) + (original.endsWith("00") ? "01" : "00");
  expect(hex).toContain(original);
  return hex.replaceAll(original, other);
}

function hexOfTicket(): string {
  return toHex(decodeApRequest(fromHex(AES256.apReq)).ticket);
}
