import type { Guid } from "../../bytes/guid.js";
import type { PanwatchError } from "../../errors.js";
import type { ConnectStep } from "../../pan/connect.js";
import type { Style, UserFilter } from "../../watch/events.js";

/**
 * The steps of a diagnosis: those of connecting, the list of queues where the TARGET names none, and the calls of a
 * registration's life.
 */
export type DoctorStep = ConnectStep | "queues" | "create" | "register" | "unregister" | "delete";

/** What a failed step means, why it may have failed, and what to look at: sentences, or commands where they say so. */
export interface Advice {
  readonly meaning: string;
  readonly causes: readonly string[];
  readonly look: readonly string[];
}

/** What a step found, for programs; the fields depend on the step. */
export type Details = Readonly<Record<string, unknown>>;

/** A step is over. */
export interface StepFinding {
  readonly type: "step";
  readonly step: DoctorStep;
  /** Null for a step that was left out. */
  readonly ok: boolean | null;
  /** Milliseconds that it took; null for one that was left out. */
  readonly ms: number | null;
  readonly finding: string;
  readonly details: Details | null;
  readonly error: PanwatchError | null;
  /** Of the step that the diagnosis failed at. */
  readonly advice: Advice | null;
}

/** Whether a registration was accepted; `untried` when the association was over before. */
export type Access = "ok" | "denied" | "error" | "untried";

/** One cell of the table of what the account may watch. */
export interface AccessFinding {
  readonly type: "access";
  readonly scope: "server" | "printer";
  /** The queue of the scope `printer`. */
  readonly queue: string | null;
  readonly userFilter: UserFilter;
  readonly style: Style;
  readonly notificationType: Guid;
  readonly access: Access;
  readonly error: PanwatchError | null;
}

/** One variant of the way to a server, tried on its own: `--probe`. */
export interface ProbeFinding {
  readonly type: "probe";
  /** What is different: `NDR alone`. */
  readonly probe: string;
  /** Null for one that was not tried. */
  readonly ok: boolean | null;
  /** Milliseconds; null for one that was not tried. */
  readonly ms: number | null;
  readonly finding: string;
  readonly error: PanwatchError | null;
}

/** Where an account may register for what is meant for its user. */
export type Registrations = "server" | "queue" | "both" | "none";

/** The last word of a diagnosis. */
export interface ResultFinding {
  readonly type: "result";
  readonly exitCode: number;
  /** The step that failed; null when none did. */
  readonly failedStep: DoctorStep | null;
  /** Null where it did not come to registering. */
  readonly registrations: Registrations | null;
  /** What the exit code comes from; null when all went well. */
  readonly error: PanwatchError | null;
  /** The signal that ended it, `closed` when nobody reads any more; null when it came to its end. */
  readonly interrupted: string | null;
  readonly hint: string | null;
}

/** What a table says about registering for the server itself and for a queue, for one user at least in one style. */
export function registrationsOf(findings: readonly AccessFinding[]): Registrations | null {
  const own = findings.filter(({ userFilter }) => userFilter === "per-user");
  if (own.length === 0) return null;
  const works = (scope: AccessFinding["scope"]): boolean =>
    own.some((one) => one.scope === scope && one.access === "ok");
  const [server, queue] = [works("server"), works("printer")];
  return server && queue ? "both" : server ? "server" : queue ? "queue" : "none";
}

export type Finding = StepFinding | AccessFinding | ProbeFinding | ResultFinding;

/** Takes findings as they are made. */
export type Tell = (finding: Finding) => void;
