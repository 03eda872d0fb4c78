import type { PanwatchError } from "../../errors.js";
import type { AssociationInfo } from "../../rpc/association.js";
import { IRPCAsyncNotify } from "../../pan/idl.js";
import { formatAccount } from "../../security/account.js";
import type { Identity } from "../../security/identity.js";
import type { ConnectProgress } from "../../pan/connect.js";
import type { Advice, Details, DoctorStep, Tell } from "./findings.js";

type Progress<Step extends ConnectProgress["step"]> = Extract<ConnectProgress, { readonly step: Step }>;

interface Found {
  readonly finding: string;
  readonly details: Details | null;
}

/**
 * Turns the progress of connecting into findings: that a step begins says that the one before it went well, and what it
 * found.
 */
export class ConnectFindings {
  readonly #tell: Tell;
  readonly #identity: Identity;
  readonly #portGiven: boolean;
  #current: { readonly progress: ConnectProgress; readonly at: number } | null = null;
  /** What was said about the choice of credentials in the current step. */
  #notes: string[] = [];

  /** `portGiven`: the endpoint mapper is not asked. */
  constructor(identity: Identity, portGiven: boolean, tell: Tell) {
    this.#identity = identity;
    this.#portGiven = portGiven;
    this.#tell = tell;
  }

  /** The step that is under way; the last one after the end. */
  get step(): DoctorStep {
    return this.#current?.progress.step ?? "resolve";
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  begin(progress: ConnectProgress): void {
    this.#endCurrent(progress);
    this.#current = { progress, at: performance.now() };
  }

  /** The connection stands. */
  connected(info: AssociationInfo): void {
    this.#done({ finding: logonText(info), details: { ...info } });
    this.#current = null;
  }

  /** The current step failed, and with it the way. */
  failed(error: PanwatchError, advice: Advice): void {
    this.#finish(false, { finding: error.message, details: null }, error, advice);
  }

  #endCurrent(next: ConnectProgress): void {
    switch (this.#current?.progress.step) {
      case undefined:
        return;
      case "resolve":
        return this.#resolved(next as Progress<"endpoint-mapper" | "credentials">);
      case "endpoint-mapper":
        return this.#accepted((next as Progress<"endpoint-map">).peer);
      case "endpoint-map":
        return this.#mapped((next as Progress<"credentials">).port);
      case "credentials":
        return this.#foundCredentials();
      case "port":
        return this.#accepted((next as Progress<"logon">).peer);
      case "logon":
        return this.#finish(false, { finding: this.#notes.join("; ") || "refused", details: null }, null, null);
    }
  }

  #resolved({ addresses }: Progress<"endpoint-mapper" | "credentials">): void {
    this.#done({ finding: addresses.join(", "), details: { addresses } });
    if (!this.#portGiven) return;
    for (const step of ["endpoint-mapper", "endpoint-map"] as const) this.#skipped(step);
  }

  #skipped(step: DoctorStep): void {
    const finding = "left out: --port says where the interfaces are";
    this.#tell({ type: "step", step, ok: null, ms: null, finding, details: null, error: null, advice: null });
  }

  #foundCredentials(): void {
    const { user, domain, kerberos } = this.#identity;
    const finding = [accountText(this.#identity), ...this.#notes].join("; ");
    this.#done({ finding, details: { user, domain, kerberos } });
  }

  #accepted(peer: string): void {
    this.#done({ finding: `${peer} accepts connections`, details: { peer } });
  }

  #mapped(port: number): void {
    const { name } = IRPCAsyncNotify;
    const finding = [`${name} is at TCP port ${port}`, ...this.#notes].join("; ");
    this.#done({ finding, details: { interface: name, port } });
  }

  #done(found: Found): void {
    this.#finish(true, found, null, null);
  }

  #finish(ok: boolean, found: Found, error: PanwatchError | null, advice: Advice | null): void {
    const at = this.#current?.at ?? performance.now();
    const ms = Math.round(performance.now() - at);
    this.#tell({ type: "step", step: this.step, ok, ms, ...found, error, advice });
    this.#notes = [];
  }
}

/** `CORP\alice; Kerberos where there is a ticket, else NTLM`. */
function accountText({ user, domain, kerberos }: Identity): string {
  const name = user === null ? null : formatAccount({ user, domain });
  if (kerberos === "off") return `${name ?? "no user"}; NTLM`;
  if (name === null) return "whoever the Kerberos ticket is for";
  return `${name}; ${kerberos === "required" ? "Kerberos only" : "Kerberos where there is a ticket, else NTLM"}`;
}

/** What was agreed on with the server, for people. */
export function logonText(info: AssociationInfo): string {
  const { mechanism, user, level, transferSyntax, headerSigning, multiplexed, maxFragment } = info;
  return [
    `${mechanism ?? "no mechanism"}${user === null ? "" : ` as ${user}`}`,
    level,
    transferSyntax,
    headerSigning ? "header signing" : "no header signing",
    multiplexed ? "calls share a connection" : "a connection for each call",
    `fragments of ${maxFragment} bytes`,
  ].join(", ");
}
