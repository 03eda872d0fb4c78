import { describe, expect, it } from "vitest";
import { adviceFor } from "../../../src/cli/doctor/advice/advice.js";
import type { Circumstances } from "../../../src/cli/doctor/advice/circumstances.js";
import type { Advice, DoctorStep } from "../../../src/cli/doctor/findings.js";
import {
  AuthenticationError,
  DisconnectedError,
  FaultError,
  IntegrityError,
  NoInterfaceError,
  ProtocolError,
  UnreachableError,
  type PanwatchError,
} from "../../../src/errors.js";
import { hresultError } from "../../../src/pan/invoke.js";
import { KerberosError } from "../../../src/security/kerberos/failures.js";
import { DEFAULT_CONNECTION } from "../../../src/pan/defaults.js";

const USUAL: Circumstances = {
  server: "printserver",
  printer: null,
  connection: DEFAULT_CONNECTION,
  kerberos: "desired",
};

function withCode(code: string): UnreachableError {
  return new UnreachableError("connect", "no connection", { cause: Object.assign(new Error(code), { code }) });
}

const REFUSED = withCode("ECONNREFUSED");
const SILENT = withCode("ETIMEDOUT");
const NO_INTERFACE = new NoInterfaceError("not there");
const LOGON_FAILED = new AuthenticationError("refused", { hint: "check this and that" });

function answered(hresult: number): PanwatchError {
  return hresultError("IRPCAsyncNotify_RegisterClient", hresult);
}

const ERRORS: readonly PanwatchError[] = [
  REFUSED,
  SILENT,
  NO_INTERFACE,
  LOGON_FAILED,
  new KerberosError("refused", "the clocks differ", { hint: "set the clock" }),
  new IntegrityError("changed"),
  new ProtocolError("nonsense"),
  new DisconnectedError("gone"),
  new FaultError(5, "denied"),
  ...[0x80070005, 0x8007007b, 0x80070015, 0x8007071a, 0x8007000e].map(answered),
];

const STEPS: readonly DoctorStep[] = [
  "resolve",
  "endpoint-mapper",
  "endpoint-map",
  "credentials",
  "port",
  "logon",
  "create",
  "register",
  "unregister",
  "delete",
];

const CIRCUMSTANCES: readonly Circumstances[] = [
  USUAL,
  {
    server: "192.0.2.5",
    printer: "HP4",
    connection: { ...DEFAULT_CONNECTION, port: 49669, level: "packet", transferSyntax: "ndr", spn: "host/other" },
    kerberos: "off",
  },
  { ...USUAL, printer: "HP4", kerberos: "required" },
];

function everyAdvice(): Advice[] {
  return STEPS.flatMap((step) =>
    ERRORS.flatMap((error) => CIRCUMSTANCES.map((circumstances) => adviceFor(step, error, circumstances))),
  );
}

describe("advice", () => {
  it("has a meaning, a cause and something to look at for whatever fails wherever", () => {
    for (const { meaning, causes, look } of everyAdvice()) {
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      expect(causes.length).toBeGreaterThan(0);
      expect(look.length).toBeGreaterThan(0);
      for (const cause of causes) expect(cause).toMatch(/^\S.*\.$/);
      for (const text of [...causes, ...look]) expect(text).not.toMatch(/undefined|null|\[object/);
    }
  });

  it("never says to weaken anything", () => {
    const texts = everyAdvice().flatMap(({ meaning, causes, look }) => [meaning, ...causes, ...look]);
    const weakening =
      /\b(turn(ing)? off|switch off|disable the|set (it|this|them) to|allow NTLM|lower the|--auth-level (packet|integrity)|--kerberos off|delete the policy|remove the)\b/i;
    expect([...new Set(texts)].filter((text) => weakening.test(text))).toEqual([]);
  });

  it.each([
    ["endpoint-mapper", REFUSED, /nothing takes connections at TCP port 135/],
    ["endpoint-mapper", SILENT, /Spooler Service - RPC-EPMAP/],
    ["endpoint-map", NO_INTERFACE, /RegisterSpoolerRemoteRpcEndPoint is 2/],
    ["endpoint-map", NO_INTERFACE, /RPC\\RpcProtocols/],
    ["port", SILENT, /\(Spooler Service - RPC\)/],
    ["port", REFUSED, /RpcTcpPort/],
    ["logon", LOGON_FAILED, /ForceKerberosForRpc is 1/],
    ["logon", LOGON_FAILED, /event 4625/],
    ["logon", NO_INTERFACE, /another service has its old port/],
    ["register", answered(0x80070005), /No right to administer is needed/],
    ["register", answered(0x8007071a), /being stopped or restarted/],
  ] as const)("about %s names what decides: %s", (step, error, text) => {
    expect(JSON.stringify(adviceFor(step, error, USUAL)).replaceAll("\\\\", "\\")).toMatch(text);
  });

  it("speaks of the level only where a lower one was asked for", () => {
    const lower = { ...USUAL, connection: { ...DEFAULT_CONNECTION, level: "integrity" as const } };
    const about = (circumstances: Circumstances): string =>
      adviceFor("create", new FaultError(5, "denied"), circumstances).causes.join();
    expect(about(USUAL)).not.toContain("RpcAuthnLevelPrivacyEnabled");
    expect(about(lower)).toContain("RpcAuthnLevelPrivacyEnabled demands privacy, and --auth-level asks for integrity");
  });

  it("speaks of Kerberos and NTLM only where they may be used", () => {
    const about = (kerberos: Circumstances["kerberos"]): string =>
      adviceFor("logon", LOGON_FAILED, { ...USUAL, kerberos }).causes.join();
    expect(about("off")).not.toContain("With Kerberos");
    expect(about("required")).not.toContain("ForceKerberosForRpc");
  });

  it("passes on what Kerberos says about itself", () => {
    const error = new KerberosError("refused", "the clocks differ", { hint: "set the clock of this machine" });
    expect(adviceFor("logon", error, USUAL).look[0]).toBe("Set the clock of this machine.");
  });

  it("names the printer, or the whole server, that a registration was about", () => {
    const about = (printer: string | null): string =>
      adviceFor("register", answered(0x80070005), { ...USUAL, printer }).meaning;
    expect(about(null)).toContain("the print server");
    expect(about("HP4")).toContain("the printer HP4");
    expect(adviceFor("register", answered(0x8007007b), { ...USUAL, printer: "HP4" }).meaning).toContain(
      "\\\\printserver\\HP4",
    );
  });
});
