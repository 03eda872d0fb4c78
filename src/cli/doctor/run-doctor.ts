import { AuthenticationError, type PanwatchError } from "../../errors.js";
import { parseSpn } from "../../security/kerberos/spn.js";
import type { ConnectionOptions } from "../../pan/connection-options.js";
import type { CommandContext } from "../command.js";
import { describeFailure } from "../diagnostics.js";
import { EXIT, exitCodeOf } from "../exit-codes.js";
import { openIdentities, type IdentityOptions } from "../identity.js";
import type { OutputOptions } from "../options/watch-options.js";
import { onStage, type Stage } from "../stage.js";
import type { Target } from "../target.js";
import { Examination } from "./examination.js";
import type { DoctorStep, Tell } from "./findings.js";
import { probeVariants } from "./probe.js";
import { JsonFindings, type Place } from "./render/json.js";
import { Report } from "./report.js";

/** Everything that the arguments of `doctor` say. */
export interface DoctorSettings {
  readonly target: Target;
  readonly identity: IdentityOptions;
  readonly connection: ConnectionOptions;
  readonly output: OutputOptions;
  /** Whether every variant is tried too. */
  readonly probe: boolean;
  /** A file for a report that can be shared; null for none. */
  readonly report: string | null;
}

const SOUND_HINT =
  "Silence is normal until a driver or the spooler has something to tell. Where Windows protected print mode is on, the " +
  "third-party drivers that send most of it are not there: registering works all the same.";
const TRACE_HINT =
  "For whoever is to help: --trace FILE writes down every PDU with what it says; passwords, tickets and keys are left out.";

/** Runs `panwatch doctor` to its end and gives the exit code. Throws what is wrong before anything is connected. */
export async function runDoctor(settings: DoctorSettings, context: CommandContext): Promise<number> {
  const { output, connection } = settings;
  if (connection.spn !== null) parseSpn(connection.spn);
  return onStage({ output, context, connection }, (stage) => examineOn(stage, settings, context));
}

async function examineOn(stage: Stage, settings: DoctorSettings, context: CommandContext): Promise<number> {
  const { connection } = settings;
  const { server, printer } = settings.target;
  const identity = (await openIdentities(settings.identity, context.passwords, stage))(settings.target);
  const { spn, targetIp } = connection;
  const subject = { server, printer, user: identity.user, domain: identity.domain, spn, targetIp, args: context.args };
  const report = settings.report === null ? null : new Report(settings.report, subject);
  const tell = await openTelling(stage, { server, printer }, report);
  const target = { server, printer, identity };
  const common = { target, notice: stage.notice, tracer: stage.trace?.tracer, signal: stage.leaving, tell };
  const examination = new Examination({ ...common, connection });
  const { failedStep, error, registrations, queue } = await examination.run();
  if (settings.probe && isWorthProbing(failedStep, error))
    await probeVariants({ ...common, options: connection, queue });
  const { interruption } = stage;
  const exitCode = interruption?.exitCode ?? (error === null ? EXIT.done : exitCodeOf(error));
  const advice = error === null ? SOUND_HINT : stage.trace === null ? TRACE_HINT : null;
  const hint = interruption === null ? advice : null;
  const interrupted = interruption?.reason ?? null;
  tell({ type: "result", exitCode, failedStep, registrations, error, interrupted, hint });
  report?.close();
  if (report !== null) stage.say(`panwatch: the report is in ${settings.report}; read it before you share it.`);
  return exitCode;
}

/** Without an address, or with credentials that are missing or were refused, no variant can do better. */
function isWorthProbing(failedStep: DoctorStep | null, error: PanwatchError | null): boolean {
  return failedStep !== "resolve" && failedStep !== "credentials" && !(error instanceof AuthenticationError);
}

/** Findings go to stdout in the wanted form, and into trace and report. Beside JSON lines, the error goes to stderr as well. */
async function openTelling(stage: Stage, place: Place, report: Report | null): Promise<Tell> {
  const { output, trace, stdout, diagnostics } = stage;
  const json = new JsonFindings(place);
  const pretty = output.format === "json" ? null : await openPretty(stage, place);
  return (finding) => {
    const line = json.line(finding);
    trace?.line(line);
    report?.add(finding, line);
    const text = pretty === null ? line : pretty.text(finding);
    if (text !== null) stdout.keep(text);
    const error = finding.type === "result" && finding.interrupted === null ? finding.error : null;
    if (pretty === null && error !== null) diagnostics.line(`panwatch: ${describeFailure(error.message, error.hint)}`);
  };
}

/** What draws text for people is loaded only when it is wanted. */
async function openPretty(stage: Stage, place: Place) {
  const { PrettyFindings } = await import("./render/pretty.js");
  return new PrettyFindings({ place, ...(await stage.paper(process.stdout)) });
}
