import { execFileSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { toHex } from "../../src/bytes/hex.js";
import { IRPCAsyncNotify } from "../../src/pan/idl.js";
import type { RpcInterface } from "../../src/rpc/interface.js";
import type { Link } from "../../src/rpc/link.js";
import { EPMAPPER } from "../../src/rpc/endpoint-mapper/ept-map.js";
import { PDU_TYPES, PFC } from "../../src/rpc/pdu/types.js";
import type { PduTrace } from "../../src/rpc/tracer.js";
import type { AuthLevel } from "../../src/security/context.js";
import type { Identity } from "../../src/security/identity.js";
import { Capture, findTshark, type Frame, malformed, valuesOf, withKeytab } from "./capture/tshark.js";
import { DOMAIN, DomainController, findSamba, REALM, USER } from "./lab/domain-controller.js";
import { identity, SambaClient, samrPort, ticketHolder } from "./samba/client.js";
import { listEndpoints } from "./samba/endpoint-list.js";
import { callMgmt, MGMT } from "./samba/mgmt.js";
import { callSamr, SAMR } from "./samba/samr.js";
import { keyOf, moveClock, moveTicket } from "./samba/tickets.js";
import { describePeer } from "./support/peer.js";

const LEVELS: readonly AuthLevel[] = ["packet", "integrity", "privacy"];
const SIZES = [
  ["small", 10],
  ["64 KiB", 64 * 1024],
  ["1 MiB", 1024 * 1024],
] as const;
/** Level, name of the size, and how to call. */
const CELLS = LEVELS.flatMap((level) => SIZES.map(([name, size]) => [level, name, { level, size }] as const));

const MECHANISMS = ["NTLM", "Kerberos"] as const;
/** Clients that know one encryption type only: how large a seal is under it. */
const ENCTYPES = [
  ["AES256", "aes256-cts-hmac-sha1-96", 76],
  ["AES128", "aes128-cts-hmac-sha1-96", 76],
  ["RC4", "arcfour-hmac", 45],
] as const;
const NTLM_SIGNATURE_LENGTH = 16;
const HOUR = 3600;

const wrongPassword = () => Promise.resolve({ kind: "password", password: "wrong" } as const);
const noSecret = () => Promise.resolve(null);

function defineTests(): void {
  let dc: DomainController;

  beforeAll(async () => {
    dc = await DomainController.create();
    await dc.start();
    dc.logOn(dc.path("ccache"));
  }, 120_000);
  afterAll(() => dc[Symbol.asyncDispose]());
  beforeEach(() => {
    vi.stubEnv("KRB5_CONFIG", dc.config);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  /** Alice by her password or by her ticket. */
  function alice(mechanism: (typeof MECHANISMS)[number]): Identity {
    return mechanism === "NTLM" ? identity() : ticketHolder(dc.path("ccache"));
  }

  /** Logs on and makes a call; gives what was agreed on and how long the answer's token was. */
  async function callOnce(who: Identity, { level, size }: { level: AuthLevel; size: number }) {
    const traces: PduTrace[] = [];
    await using client = await SambaClient.for(dc, who, { level, tracer: (trace) => traces.push(trace) });
    const association = await client.open();
    await callSamr(association, size);
    const answers = traces.filter(({ connection, pdu }) => connection === "1" && pdu?.type === "response");
    return { ...association.info, tokenLength: answers[0]?.pdu?.auth?.tokenLength };
  }

  /** Logs on and makes a small call. */
  function logOn(who: Identity) {
    return callOnce(who, { level: "privacy", size: 10 });
  }

  describe("endpoint map", () => {
    it("gives the port of samr", async () => {
      expect(await samrPort(dc)).toBeGreaterThanOrEqual(49152);
    });

    it("knows no print interface, which is told as such", async () => {
      await expect(samrPort(dc, IRPCAsyncNotify)).rejects.toMatchObject({ code: "no-interface" });
    });
  });

  describe.each([
    ["with", true, []],
    ["without", false, ["dcesrv:header signing=no"]],
  ] as const)("%s header signing", (_with, headerSigning, parameters) => {
    beforeAll(async () => {
      await dc.start(...parameters);
    });

    const agreed = { headerSigning, multiplexed: true, transferSyntax: "ndr", maxFragment: 5840 };

    it.each(CELLS)("samr, NTLM, %s: a %s stub", async (_level, _size, cell) => {
      expect(await callOnce(identity(), cell)).toEqual({
        ...agreed,
        mechanism: "NTLM",
        user: `${DOMAIN}\\${USER}`,
        level: cell.level,
        tokenLength: NTLM_SIGNATURE_LENGTH,
      });
    });

    it.each(MECHANISMS.flatMap((mechanism) => LEVELS.map((level) => [mechanism, level] as const)))(
      "%s, %s: an answer of several fragments is the one that comes without security",
      async (mechanism, level) => {
        const received: number[] = [];
        const tracer = ({ pdu, length }: PduTrace) => pdu?.type === "response" && received.push(length);
        await using client = await SambaClient.for(dc, alice(mechanism), { level, tracer });
        const association = await client.open(EPMAPPER);
        expect(association.info).toMatchObject({ mechanism, level, headerSigning });
        const entries = await listEndpoints(association);
        expect(received.length).toBeGreaterThan(1);
        await using anonymous = await SambaClient.for(dc, identity(), { anonymous: true });
        expect(toHex(entries)).toBe(toHex(await listEndpoints(await anonymous.open(EPMAPPER))));
      },
    );

    describe.each(ENCTYPES)("samr, Kerberos with %s", (name, enctype, sealLength) => {
      let config: string;
      let ccache: string;

      beforeAll(async () => {
        const settings = { permitted_enctypes: enctype, default_tgs_enctypes: enctype, allow_rc4: "true" };
        config = await dc.clientConfig(`${name}.conf`, settings);
        ccache = dc.path(name);
        dc.logOn(ccache, config);
      });

      it("is what the ticket's session key is of", () => {
        const listing = execFileSync("klist", ["-e", "-c", ccache], { encoding: "utf8" });
        const keys = [...listing.matchAll(/\(skey, tkt\): (?:DEPRECATED:)?([\w-]+),/g)].map(([, key]) => key);
        expect(keys).toEqual([enctype, enctype]);
      });

      it.each(CELLS)("%s: a %s stub", async (_level, _size, cell) => {
        vi.stubEnv("KRB5_CONFIG", config);
        const { tokenLength, ...info } = await callOnce(ticketHolder(ccache), cell);
        expect(info).toEqual({ ...agreed, mechanism: "Kerberos", user: `${USER}@${REALM}`, level: cell.level });
        if (cell.level === "privacy") expect(tokenLength).toBe(sealLength);
      });
    });
  });

  describe("samr", () => {
    beforeAll(() => dc.start());

    it.each(MECHANISMS)("%s: two calls are in flight on one connection", async (mechanism) => {
      const traces: PduTrace[] = [];
      await using client = await SambaClient.for(dc, alice(mechanism), { tracer: (trace) => traces.push(trace) });
      const association = await client.open();
      await Promise.all([callSamr(association, 1024 * 1024), callSamr(association, 10)]);
      const calls = traces.filter(({ pdu }) => pdu?.type === "request" || pdu?.type === "response").slice(2);
      expect(new Set(calls.map(({ connection }) => connection))).toEqual(new Set(["1"]));
      const beforeFirstAnswer = calls.slice(
        0,
        calls.findIndex(({ direction }) => direction === "received"),
      );
      expect(new Set(beforeFirstAnswer.map(({ pdu }) => pdu?.callId)).size).toBe(2);
    });

    it.each(
      [
        ["samr, then mgmt", SAMR],
        ["mgmt, then samr", MGMT],
      ].flatMap(([order, first]) =>
        [true, false].flatMap((multiplex) =>
          MECHANISMS.map(
            (mechanism) => [order, mechanism, multiplex, first] as [string, typeof mechanism, boolean, RpcInterface],
          ),
        ),
      ),
    )("%s at one port, %s, multiplexed: %s ([MS-RPCE] 3.3.1.5.6)", async (_order, mechanism, multiplex, first) => {
      const traces: PduTrace[] = [];
      const options = { multiplex, tracer: (trace: PduTrace) => traces.push(trace) };
      await using client = await SambaClient.for(dc, alice(mechanism), options);
      const association = await client.open(first);
      expect(association.info.multiplexed).toBe(multiplex);
      const calls = [() => callSamr(association, 10), () => callMgmt(association)];
      if (first === MGMT) calls.reverse();
      for (const call of [...calls, ...calls]) await call();
      await Promise.all(calls.map((call) => call()));
      const learning = traces.filter(({ pdu }) => pdu?.type === "alter_context" && pdu.auth === null);
      expect(learning.length).toBe(1);
    });

    it("notices when header signing was taken out of the bind on its way ([MS-RPCE] 2.2.2.13)", async () => {
      await using client = await SambaClient.for(dc, identity(), { through: withoutHeaderSigning });
      const association = await client.open();
      expect(association.info.headerSigning).toBe(false);
      await expect(callSamr(association, 10)).rejects.toMatchObject({ code: "fault", status: 5 });
    });
  });

  describePeer("tshark", findTshark(), () => {
    let plain: readonly Frame[];
    let decrypted: readonly Frame[];

    beforeAll(async () => {
      await dc.start();
      vi.stubEnv("KRB5_CONFIG", dc.config);
      await using capture = await Capture.start(`tcp and host ${dc.address}`);
      for (const size of [10, 64 * 1024]) await callOnce(ticketHolder(dc.path("ccache")), { level: "privacy", size });
      await capture.stop();
      [plain, decrypted] = await Promise.all([capture.dissect(), capture.dissect(withKeytab(dc.keytab))]);
    });

    it("calls no frame of samr over Kerberos malformed, without and with the keytab", () => {
      expect(malformed(plain)).toEqual([]);
      expect(malformed(decrypted)).toEqual([]);
    });

    it("sees EPM maps", () => {
      expect(valuesOf(plain, "epm.opnum")).toEqual(["3", "3", "3", "3"]);
      expect(valuesOf(plain, "epm.rc")).toEqual(["0x00000000", "0x00000000"]);
    });

    it("reads every call with the keytab, and what it asks", () => {
      expect(valuesOf(plain, "dcerpc.decrypted_stub_data")).toEqual([]);
      const sealed = decrypted.filter((frame) => frame["dcerpc.encrypted_stub_data"].length > 0);
      const shown = (frame: Frame) => frame["samr.opnum"].length + frame["dcerpc.decrypted_stub_data"].length;
      expect(sealed.length).toBeGreaterThan(8);
      expect(sealed.map(shown)).toEqual(sealed.map((frame) => frame["dcerpc.encrypted_stub_data"].length));
      const calls = ["57", "57", "1", "1"];
      expect(valuesOf(decrypted, "samr.opnum")).toEqual([...calls, ...calls]);
      expect(new Set(valuesOf(decrypted, "samr.status"))).toEqual(new Set(["0x00000000"]));
    });
  });

  describe("logon", () => {
    beforeAll(async () => {
      await dc.start();
      const key = keyOf(dc.keytab, `DC$@${REALM}`);
      const cache = dc.path("ccache");
      await moveTicket(cache, dc.path("resealed"), key, 0);
      await moveTicket(cache, dc.path("expired"), key, -11 * HOUR);
      await moveTicket(cache, dc.path("not yet valid"), key, HOUR);
      await moveClock(cache, dc.path("right"), 0);
      await moveClock(cache, dc.path("fast"), HOUR);
      await moveClock(cache, dc.path("slow"), -HOUR);
    });

    it.each([
      ["a password", { user: USER, domain: null, kerberos: "required" }],
      ["a keytab", { user: USER, domain: null, kerberos: "required", secret: noSecret }],
    ] as const)("Kerberos takes %s to the domain", async (_, changes) => {
      const keytab = "secret" in changes ? dc.keytab : null;
      expect(await logOn(identity({ ...changes, keytab, ccache: dc.path("none") }))).toMatchObject({
        mechanism: "Kerberos",
        user: `${USER}@${REALM}`,
      });
    });

    it.each(["off", "required"] as const)("a wrong password is refused: Kerberos %s", async (kerberos) => {
      const who = identity({ kerberos, secret: wrongPassword, ccache: dc.path("none") });
      await expect(logOn(who)).rejects.toMatchObject({
        code: "authentication",
        hint: expect.stringContaining("password") as string,
      });
    });

    it("a service principal name that the domain does not know", async () => {
      const spn = "host/nowhere.samba.test";
      await using client = await SambaClient.for(dc, ticketHolder(dc.path("ccache")), { spn });
      await expect(client.open()).rejects.toMatchObject({
        message: expect.stringMatching(/does not know the print server.*host\/nowhere\.samba\.test/) as string,
        hint: expect.stringContaining("connection.spn") as string,
      });
    });

    it.each(["resealed", "right"])("a ticket that was handled but not changed is taken: %s", async (cache) => {
      expect(await logOn(ticketHolder(dc.path(cache)))).toMatchObject({ mechanism: "Kerberos" });
    });

    it.each([
      ["has expired", "expired", "authentication", /bind_nak 0/],
      ["is not valid yet", "not yet valid", "authentication", /not yet valid.*error 33/],
      ["comes by a clock an hour fast", "fast", "authentication", /clock differs.*error 37/],
      ["comes by a clock an hour slow", "slow", "authentication", /clock/],
    ])("a ticket that %s", async (_, cache, code, message) => {
      const expected = { code, message: expect.stringMatching(message) as string };
      await expect(logOn(ticketHolder(dc.path(cache)))).rejects.toMatchObject(expected);
    });

    it.each(["expired", "fast"])(
      "Kerberos desired goes to NTLM on a new connection when a ticket is refused: %s",
      async (cache) => {
        await using client = await SambaClient.for(dc, identity({ kerberos: "desired", ccache: dc.path(cache) }));
        const refusal = await client.open().catch((error: unknown) => error);
        expect(client.logon.fallBack(refusal)).toBe(true);
        const association = await client.open();
        await callSamr(association, 10);
        expect(association.info).toMatchObject({ mechanism: "NTLM", user: `${DOMAIN}\\${USER}` });
      },
    );
  });

  describe("with NTLM disabled", () => {
    beforeAll(() => dc.start("ntlm auth=disabled"));

    it("NTLM is refused, and the hint names the policy", async () => {
      await expect(logOn(identity())).rejects.toMatchObject({
        code: "authentication",
        hint: expect.stringContaining("refuses NTLM, log on by Kerberos (kerberos: 'required')") as string,
      });
    });

    it.each(["required", "desired"] as const)("Kerberos %s logs on", async (kerberos) => {
      const who = identity({ kerberos, ccache: dc.path("ccache") });
      expect(await logOn(who)).toMatchObject({ mechanism: "Kerberos" });
    });
  });
}

describePeer(
  "Samba's domain controller",
  findSamba(),
  defineTests,
  "root, samba-ad-dc, samba-ad-provision and krb5-user",
);

/** Takes the offer of header signing out of what is sent. */
function withoutHeaderSigning(link: Link): Link {
  const offers: readonly number[] = [PDU_TYPES.bind, PDU_TYPES.alter_context];
  return {
    peer: link.peer,
    queued: 0,
    start: (handlers) => link.start(handlers),
    close: () => link.close(),
    destroy: () => link.destroy(),
    send: (bytes) => {
      const [, , type = -1, flags = 0] = bytes;
      if (offers.includes(type)) bytes[3] = flags & ~PFC.SUPPORT_HEADER_SIGN;
      link.send(bytes);
    },
  };
}
