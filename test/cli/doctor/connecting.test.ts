import { describe, expect, it } from "vitest";
import { ConnectFindings } from "../../../src/cli/doctor/connecting.js";
import type { StepFinding } from "../../../src/cli/doctor/findings.js";
import { UnreachableError } from "../../../src/errors.js";
import type { Identity } from "../../../src/security/identity.js";
import type { ConnectProgress } from "../../../src/pan/connect.js";
import { SecretTrial } from "../../../src/security/trial.js";

const ALICE: Identity = {
  user: "alice",
  domain: "CORP",
  secret: () => Promise.resolve(null),
  kerberos: "desired",
  ccache: null,
  keytab: null,
  trial: new SecretTrial(),
};

const INFO = {
  mechanism: "Kerberos",
  user: "alice@CORP.EXAMPLE",
  level: "integrity",
  transferSyntax: "ndr",
  multiplexed: false,
  headerSigning: false,
  maxFragment: 4280,
} as const;

const TO_MAPPER: readonly ConnectProgress[] = [
  { step: "resolve", host: "server" },
  { step: "endpoint-mapper", addresses: ["fd00::5", "192.0.2.5"], port: 135 },
  { step: "endpoint-map", peer: "192.0.2.5:135" },
];
const TO_LOGON: readonly ConnectProgress[] = [
  { step: "credentials", addresses: ["192.0.2.5"], port: 49669 },
  { step: "port", addresses: ["192.0.2.5"], port: 49669 },
  { step: "logon", peer: "192.0.2.5:49669" },
];

function following(identity: Identity = ALICE, portGiven = false) {
  const told: StepFinding[] = [];
  const findings = new ConnectFindings(identity, portGiven, (finding) => {
    if (finding.type === "step") told.push(finding);
  });
  const begin = (...progress: readonly ConnectProgress[]): void => progress.forEach((step) => findings.begin(step));
  return { told, findings, begin };
}

describe("the findings of connecting", () => {
  it("are told when the next step begins, the last with what was agreed on", () => {
    const { told, findings, begin } = following();
    begin(...TO_MAPPER);
    expect(told.map(({ step, finding }) => `${step}: ${finding}`)).toEqual([
      "resolve: fd00::5, 192.0.2.5",
      "endpoint-mapper: 192.0.2.5:135 accepts connections",
    ]);
    begin(...TO_LOGON);
    findings.connected(INFO);
    expect(told.slice(2).map(({ step, ok, finding }) => [step, ok, finding])).toEqual([
      ["endpoint-map", true, "IRPCAsyncNotify is at TCP port 49669"],
      ["credentials", true, "CORP\\alice; Kerberos where there is a ticket, else NTLM"],
      ["port", true, "192.0.2.5:49669 accepts connections"],
      [
        "logon",
        true,
        "Kerberos as alice@CORP.EXAMPLE, integrity, ndr, no header signing, a connection for each call, fragments of 4280 bytes",
      ],
    ]);
    expect(told.at(-1)?.details).toEqual(INFO);
  });

  it("tell of a refused ticket, and of NTLM after it", () => {
    const { told, findings, begin } = following();
    begin(...TO_MAPPER, ...TO_LOGON);
    findings.note("the Kerberos ticket of alice was refused, NTLM used instead");
    begin(...TO_LOGON);
    findings.connected({ ...INFO, mechanism: "NTLM" });
    expect(told.slice(3).map(({ step, ok }) => [step, ok])).toEqual([
      ["credentials", true],
      ["port", true],
      ["logon", false],
      ["credentials", true],
      ["port", true],
      ["logon", true],
    ]);
    expect(told[5]?.finding).toBe("the Kerberos ticket of alice was refused, NTLM used instead");
    expect(told[6]?.finding).not.toContain("refused");
  });

  it("put what is said about credentials beside them", () => {
    const { told, findings, begin } = following();
    begin(...TO_MAPPER, ...TO_LOGON.slice(0, 1));
    findings.note("Kerberos is not used, NTLM is: there is no ticket");
    begin(...TO_LOGON.slice(1, 2));
    expect(told.at(-1)).toMatchObject({
      step: "credentials",
      finding: expect.stringMatching(/^CORP\\alice; .*; Kerberos is not used, NTLM is: there is no ticket$/) as unknown,
      details: { user: "alice", domain: "CORP", kerberos: "desired" },
    });
  });

  it.each([
    [{ user: null, domain: null }, "whoever the Kerberos ticket is for"],
    [{ kerberos: "required" }, "CORP\\alice; Kerberos only"],
    [{ domain: null, kerberos: "off" }, "alice; NTLM"],
  ] as const)("say who logs on: %j", (identity, finding) => {
    const { told, begin } = following({ ...ALICE, ...identity });
    begin(...TO_MAPPER, ...TO_LOGON);
    expect(told.find(({ step }) => step === "credentials")?.finding).toBe(finding);
  });

  it("leave the endpoint mapper out where the port was given", () => {
    const { told, findings, begin } = following(ALICE, true);
    begin({ step: "resolve", host: "server" });
    begin(...TO_LOGON);
    findings.connected(INFO);
    expect(told.map(({ step, ok }) => [step, ok])).toEqual([
      ["resolve", true],
      ["endpoint-mapper", null],
      ["endpoint-map", null],
      ["credentials", true],
      ["port", true],
      ["logon", true],
    ]);
  });

  it("end with the step that was under way", () => {
    const { told, findings, begin } = following();
    begin(...TO_MAPPER.slice(0, 2));
    expect(findings.step).toBe("endpoint-mapper");
    const error = new UnreachableError("connect", "refused");
    const advice = { meaning: "m", causes: [], look: [] };
    findings.failed(error, advice);
    expect(told.at(-1)).toMatchObject({ step: "endpoint-mapper", ok: false, finding: "refused", error, advice });
  });
});
