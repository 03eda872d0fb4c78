import { parseSpn } from "../../security/kerberos/spn.js";
import { settleWithin } from "../../waiting.js";
import type { ConnectionOptions } from "../../pan/connection-options.js";
import type { CommandContext } from "../command.js";
import { wantsColour } from "../colour.js";
import { describeFailure, Diagnostics } from "../diagnostics.js";
import { EXIT, exitCodeOf } from "../exit-codes.js";
import { openIdentities, type IdentityOptions } from "../identity.js";
import type { OutputOptions } from "../options/watch-options.js";
import { LineOutput, nonBlocking, type OutputEnd } from "../output.js";
import { askPassword } from "../prompt.js";
import { exitCodeOfSignal, watchSignals, type EndingSignal, type SignalWatch } from "../signals.js";
import type { Target } from "../target.js";
import { TraceFile } from "../trace-file.js";
import { Examination, type Outcome } from "./examination.js";
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

/** After a signal, the reader of stdout has this long to take what is still waiting, in milliseconds. */
const FLUSH_AFTER_SIGNAL_MS = 1500;

/** Runs `panwatch doctor` to its end and gives the exit code. Throws what is wrong before anything is connected. */
export async function runDoctor(settings: DoctorSettings, context: CommandContext): Promise<number> {
  using signals = watchSignals();
  const { target, connection, output } = settings;
  if (connection.spn !== null) parseSpn(connection.spn);
  const diagnostics = new Diagnostics(process.stderr, output.verbosity);
  const stdout = new LineOutput(nonBlocking(process.stdout), () => "");
  const leaving = AbortSignal.any([signals.signal, stdout.ended]);
  const identityOf = await openIdentities(settings.identity, context.passwords, (question, hint) =>
    askPassword(question, hint, leaving),
  );
  const trace = openTrace(settings, context, diagnostics);
  const tell = await openTelling(settings, diagnostics, stdout, trace);
  const examination = new Examination({
    target: { server: target.server, printer: target.printer, identity: identityOf(target) },
    connection,
    notice: trace?.noting(diagnostics.notice) ?? diagnostics.notice,
    tracer: trace?.tracer,
    signal: leaving,
    tell,
  });
  const outcome = await examination.run();
  const signal = signals.received();
  const interrupted = signal ?? (stdout.end === null ? null : "closed");
  const exitCode = exitCodeOfEnd(outcome, signal, stdout.end);
  const { failedStep, error } = outcome;
  const hint = error === null ? SOUND_HINT : trace === null ? TRACE_HINT : null;
  tell({ type: "result", exitCode, failedStep, error, interrupted, hint: interrupted === null ? hint : null });
  await trace?.close(exitCode);
  await flush(stdout, signals, exitCode);
  if (stdout.end?.kind === "failed")
    diagnostics.line(`panwatch: stdout cannot be written: ${stdout.end.error.message}.`);
  return exitCode;
}

function exitCodeOfEnd({ error }: Outcome, signal: EndingSignal | null, end: OutputEnd | null): number {
  if (signal !== null) return exitCodeOfSignal(signal);
  if (end !== null) return end.kind === "closed" ? EXIT.done : EXIT.failure;
  return error === null ? EXIT.done : exitCodeOf(error);
}

function openTrace({ output, connection }: DoctorSettings, { args }: CommandContext, diagnostics: Diagnostics) {
  if (output.trace === null) return null;
  const failed = (text: string): void => diagnostics.notice(text, "warn");
  return new TraceFile({ file: output.trace, subject: { args, connection }, failed });
}

/** Findings go to stdout in the wanted form, and into the trace. Beside JSON lines, the error goes to stderr as well. */
async function openTelling(
  { target, output }: DoctorSettings,
  diagnostics: Diagnostics,
  stdout: LineOutput,
  trace: TraceFile | null,
): Promise<Tell> {
  const place = { server: target.server, printer: target.printer };
  const json = new JsonFindings(place);
  const pretty = output.format === "json" ? null : await openPretty(place, output);
  return (finding) => {
    const line = json.line(finding);
    trace?.line(line);
    const text = pretty === null ? line : pretty.text(finding);
    if (text !== null) stdout.write({ text, about: "", time: new Date(), last: true });
    const error = finding.type === "result" && finding.interrupted === null ? finding.error : null;
    if (pretty === null && error !== null) diagnostics.line(`panwatch: ${describeFailure(error.message, error.hint)}`);
  };
}

/** What draws text for people is loaded only when it is wanted. */
async function openPretty(place: Place, { color }: OutputOptions) {
  const [{ Chalk }, { PrettyFindings }] = await Promise.all([import("chalk"), import("./render/pretty.js")]);
  const { stdout, env } = process;
  const chalk = new Chalk({ level: wantsColour({ choice: color, env, isTerminal: stdout.isTTY }) ? 1 : 0 });
  const columns = (): number => (stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY);
  return new PrettyFindings({ place, chalk, columns });
}

async function flush(stdout: LineOutput, signals: SignalWatch, exitCode: number): Promise<void> {
  if (signals.received() === null) return stdout.flush(signals.signal);
  let flushed = false;
  await settleWithin(
    FLUSH_AFTER_SIGNAL_MS,
    stdout.flush().then(() => (flushed = true)),
  );
  if (!flushed) process.exit(exitCode);
}
