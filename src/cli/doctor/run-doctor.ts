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
import type { Tell } from "./findings.js";
import { JsonFindings, type Place } from "./render/json.js";

/** Everything that the arguments of `doctor` say. */
export interface DoctorSettings {
  readonly target: Target;
  readonly identity: IdentityOptions;
  readonly connection: ConnectionOptions;
  readonly output: OutputOptions;
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
  const { target, connection } = settings;
  const identityOf = await openIdentities(settings.identity, context.passwords, stage);
  const tell = await openTelling(stage, { server: target.server, printer: target.printer });
  const examination = new Examination({
    target: { server: target.server, printer: target.printer, identity: identityOf(target) },
    connection,
    notice: stage.notice,
    tracer: stage.trace?.tracer,
    signal: stage.leaving,
    tell,
  });
  const { failedStep, error, registrations } = await examination.run();
  const { interruption } = stage;
  const exitCode = interruption?.exitCode ?? (error === null ? EXIT.done : exitCodeOf(error));
  const advice = error === null ? SOUND_HINT : stage.trace === null ? TRACE_HINT : null;
  const hint = interruption === null ? advice : null;
  const interrupted = interruption?.reason ?? null;
  tell({ type: "result", exitCode, failedStep, registrations, error, interrupted, hint });
  return exitCode;
}

/** Findings go to stdout in the wanted form, and into the trace. Beside JSON lines, the error goes to stderr as well. */
async function openTelling(stage: Stage, place: Place): Promise<Tell> {
  const { output, trace, stdout, diagnostics } = stage;
  const json = new JsonFindings(place);
  const pretty = output.format === "json" ? null : await openPretty(stage, place);
  return (finding) => {
    const line = json.line(finding);
    trace?.line(line);
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
