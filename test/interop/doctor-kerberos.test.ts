import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { PduFields } from "../../src/cli/trace/pdu-fields.js";
import { readCredentialCache } from "../../src/security/kerberos/ccache.js";
import type { Identity } from "../../src/security/identity.js";
import { course, examine, SERVER_COURSE, type Examined, type ExaminedOptions } from "../cli/doctor/examining.js";
import { holds } from "../e2e/support/secrets.js";
import { findKdc, HOSTS, Realm, REALM } from "./kerberos/realm.js";
import { PanServer } from "./support/pan-server.js";
import { describePeer } from "./support/peer.js";
import { pythonWith } from "./support/python.js";

const python = pythonWith(["impacket", "gssapi"]);
const kdc = await findKdc();

describePeer("a diagnosis in a realm", python !== null && kdc !== null && { python, kdc }, (peer) => {
  let realm: Realm;
  beforeAll(async () => {
    realm = await Realm.start(peer.kdc);
    realm.kinit("alice", `FILE:${realm.path("alice")}`);
  });
  afterAll(() => realm[Symbol.asyncDispose]());
  beforeEach(() => {
    vi.stubEnv("KRB5_CONFIG", realm.config);
    vi.stubEnv("KRB5CCNAME", `FILE:${realm.path("alice")}`);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  function start(keytab = realm.keytab): Promise<PanServer> {
    const env = { KRB5_CONFIG: realm.config, KRB5RCACHENAME: "none:" };
    return PanServer.start({ python: peer.python, args: ["--keytab", keytab, "--names", HOSTS.current], env });
  }

  function diagnose(server: PanServer, identity: Partial<Identity>, more: ExaminedOptions = {}): Promise<Examined> {
    const connection = { targetIp: server.address, epmPort: server.epmPort };
    return examine({ server: HOSTS.current, connection, identity, ...more });
  }

  it("logs on with the ticket, and leaves nothing of it in a trace", async () => {
    await using server = await start();
    const fields = new PduFields();
    const lines: string[] = [];
    const identity = { user: null, kerberos: "required" } as const;
    const examined = await diagnose(server, identity, {
      tracer: (trace) => lines.push(JSON.stringify(fields.of(trace))),
    });
    expect(course(examined)).toEqual(SERVER_COURSE);
    expect(examined.steps[3]?.finding).toBe("whoever the Kerberos ticket is for");
    expect(examined.steps[5]?.details).toMatchObject({ mechanism: "Kerberos", user: `alice@${REALM}` });
    await server.stop();
    expect(await server.violations()).toEqual([]);

    const text = lines.join("\n");
    expect(text).toContain("NegTokenInit: MS-Kerberos or Kerberos, Kerberos AP-REQ");
    expect(text).toContain("Kerberos AP-REP");
    const { credentials } = await readCredentialCache(realm.path("alice"));
    expect(credentials.length).toBeGreaterThan(1);
    for (const { key, ticket } of credentials) {
      expect(holds(text, key.value)).toBe(false);
      expect(holds(text, ticket.slice(-64))).toBe(false);
    }
  });

  it("tells of a ticket that the server cannot use, and of the NTLM logon after it", async () => {
    await using twin = await Realm.start(peer.kdc);
    await using server = await start(twin.keytab);
    const examined = await diagnose(server, { kerberos: "desired" });
    expect(course(examined).slice(3, 9)).toEqual([
      ["credentials", true],
      ["port", true],
      ["logon", false],
      ["credentials", true],
      ["port", true],
      ["logon", true],
    ]);
    expect(examined.steps[5]?.finding).toMatch(/ticket of alice@LAB\.TEST was refused.*NTLM used instead/);
    expect(examined.steps[8]?.details).toMatchObject({
      mechanism: "NTLM",
      user: expect.stringContaining("alice") as unknown,
    });
    expect(examined.outcome).toMatchObject({ failedStep: null, error: null });
    await server.stop();
    expect(await server.violations()).toEqual([]);
  });

  it("ends at the logon where Kerberos alone is allowed and refused", async () => {
    await using twin = await Realm.start(peer.kdc);
    await using server = await start(twin.keytab);
    const examined = await diagnose(server, { kerberos: "required" });
    expect(course(examined).at(-1)).toEqual(["logon", false]);
    expect(examined.outcome.failedStep).toBe("logon");
  });

  it("ends at the credentials without a ticket, before the server is asked", async () => {
    vi.stubEnv("KRB5CCNAME", `FILE:${realm.path("nothing-here")}`);
    await using server = await start();
    const examined = await diagnose(server, { user: null, kerberos: "required" });
    expect(course(examined).at(-1)).toEqual(["credentials", false]);
    expect(examined.steps.at(-1)?.advice?.look.join()).toContain("kinit");
    const summary = await server.stop();
    expect(summary.calls).toEqual({});
  });
});
