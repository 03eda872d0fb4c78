import { Examination, type Outcome } from "../../../src/cli/doctor/examination.js";
import type { AccessFinding, Finding, StepFinding } from "../../../src/cli/doctor/findings.js";
import type { PduTracer } from "../../../src/rpc/tracer.js";
import type { Identity } from "../../../src/security/identity.js";
import type { ConnectionOptions } from "../../../src/pan/connection-options.js";
import { DEFAULT_CONNECTION } from "../../../src/pan/defaults.js";
import { SecretTrial } from "../../../src/security/trial.js";

export const USER = "alice";
export const PASSWORD = "Passw0rd!";

export interface Examined {
  readonly findings: readonly Finding[];
  readonly steps: readonly StepFinding[];
  readonly access: readonly AccessFinding[];
  readonly outcome: Outcome;
}

export interface ExaminedOptions {
  readonly server?: string;
  readonly printer?: string | null;
  readonly connection?: Partial<ConnectionOptions>;
  readonly identity?: Partial<Identity>;
  readonly signal?: AbortSignal;
  readonly tracer?: PduTracer;
  readonly onFinding?: (finding: Finding) => void;
}

/** Examines a server as alice with NTLM, unless told otherwise. */
export async function examine(options: ExaminedOptions): Promise<Examined> {
  const { server = "127.0.0.1", printer = null, connection, identity, signal, tracer, onFinding } = options;
  const alice: Identity = {
    user: USER,
    domain: null,
    secret: () => Promise.resolve({ kind: "password", password: PASSWORD }),
    kerberos: "off",
    ccache: null,
    keytab: null,
    trial: new SecretTrial(),
  };
  const findings: Finding[] = [];
  const examination = new Examination({
    target: { server, printer, identity: { ...alice, ...identity } },
    connection: { ...DEFAULT_CONNECTION, ...connection },
    notice: () => undefined,
    tracer,
    signal: signal ?? new AbortController().signal,
    tell: (finding) => {
      findings.push(finding);
      onFinding?.(finding);
    },
  });
  const outcome = await examination.run();
  return {
    findings,
    steps: findings.filter((finding) => finding.type === "step"),
    access: findings.filter((finding) => finding.type === "access"),
    outcome,
  };
}

/** Steps as pairs of name and whether they went well. */
export function course({ steps }: Examined): [string, boolean | null][] {
  return steps.map(({ step, ok }) => [step, ok]);
}

/** The table as text, such as `server per-user uni ok`. */
export function table({ access }: Examined): string[] {
  return access.map(({ scope, userFilter, style, access: word }) => [scope, userFilter, style, word].join(" "));
}

/** The course of an examination of a printer in which everything goes well. */
export const SOUND_COURSE: readonly [string, boolean][] = [
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
].map((step) => [step, true]);

/** The same for a whole server, where a queue is looked for. */
export const SERVER_COURSE = SOUND_COURSE.toSpliced(6, 0, ["queues", true]);
