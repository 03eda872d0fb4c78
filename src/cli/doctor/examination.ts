import { asPanwatchError, UsageError, type PanwatchError } from "../../errors.js";
import { ASYNC_UI, UNIDIRECTIONAL, type UserFilter } from "../../pan/types.js";
import type { PduTracer } from "../../rpc/tracer.js";
import { openConnection, type Connection } from "../../pan/connect.js";
import type { ConnectionOptions, Notice } from "../../pan/connection-options.js";
import type { Identity } from "../../security/identity.js";
import { isPrinterName, printerPath } from "../../pan/printer-path.js";
import { enumeratePrinters } from "../../spooler/spooler.js";
import { aborted } from "../../waiting.js";
import { EXIT, exitCodeOf } from "../exit-codes.js";
import { adviceFor } from "./advice/advice.js";
import { ConnectFindings } from "./connecting.js";
import { registrationsOf, type Access, type AccessFinding, type Advice, type Details } from "./findings.js";
import type { DoctorStep, Registrations, Tell } from "./findings.js";
import { Visit } from "./visit.js";

export interface ExaminationOptions {
  /** The printer is null for the whole server. */
  readonly target: { readonly server: string; readonly printer: string | null; readonly identity: Identity };
  readonly connection: ConnectionOptions;
  readonly notice: Notice;
  readonly tracer?: PduTracer | undefined;
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

/** What came of an examination: the step it failed at, the error that decides about the exit code, and what worked. */
export interface Outcome {
  readonly failedStep: DoctorStep | null;
  readonly error: PanwatchError | null;
  readonly registrations: Registrations | null;
  /** The queue that was tried beside the server itself; null for none. */
  readonly queue: string | null;
}

type Cell = Pick<AccessFinding, "scope" | "queue" | "userFilter" | "style">;

/** Names of queues that a line holds at most. */
const SHOWN_QUEUES = 5;

const SOUND: Outcome = { failedStep: null, error: null, registrations: null, queue: null };

/**
 * Goes the whole way to a print server's notifications and back, telling each step: connects, registers, tries what else
 * the account may register for, and leaves the server clean. Throws a UsageError for options that cannot be meant.
 */
export class Examination {
  readonly #options: ExaminationOptions;
  readonly #access: AccessFinding[] = [];
  #outcome: Outcome = SOUND;

  constructor(options: ExaminationOptions) {
    this.#options = options;
  }

  async run(): Promise<Outcome> {
    const connection = await this.#connect();
    if (connection === null) return this.#outcome;
    try {
      await this.#visit(connection);
    } finally {
      await connection.close();
    }
    const queue = this.#access.find((finding) => finding.queue !== null)?.queue ?? null;
    return { ...this.#outcome, registrations: registrationsOf(this.#access), queue };
  }

  async #connect(): Promise<Connection | null> {
    const { target, connection: options, notice, tracer, signal, tell } = this.#options;
    const findings = new ConnectFindings(target.identity, options.port !== null, tell);
    const noting: Notice = (text, level) => {
      if (level !== "debug") findings.note(text);
      notice(text, level);
    };
    let connected = false;
    try {
      const connection = await openConnection({
        target,
        options,
        notice: noting,
        tracer,
        signal,
        onStep: (progress) => {
          if (!connected) findings.begin(progress);
        },
      });
      connected = true;
      findings.connected(connection.association.info);
      return connection;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      const known = asPanwatchError(error);
      // Ctrl-C at a password prompt is passed on as a signal, which comes a moment later.
      if (known.code === "aborted") await aborted(signal);
      if (signal.aborted) return null;
      findings.failed(known, this.#advice(findings.step, known));
      this.#blame(findings.step, known);
      return null;
    }
  }

  async #visit({ association }: Connection): Promise<void> {
    const { connection, signal } = this.#options;
    const queue = this.#options.target.printer ?? (await this.#findQueue());
    const visit = new Visit(association, { timeoutMs: connection.connectTimeoutMs, signal });
    const name = this.#nameOf(this.#options.target.printer);
    const parameters = { name, type: ASYNC_UI, filter: "per-user", style: UNIDIRECTIONAL } as const;
    const created = await this.#step("create", () => visit.create(), "a remote object of our own", null);
    if (created) {
      const details = { name, notificationType: ASYNC_UI, style: "uni", userFilter: "per-user" };
      const finding = `for AsyncUI, uni, per-user, on ${name ?? "the whole server"}`;
      const registered = await this.#step("register", () => visit.register(parameters), finding, details);
      await this.#tryAll(visit, queue, registered ? null : this.#outcome.error);
    }
    for (const { step, ms, error } of await visit.leave()) {
      if (error === null) this.#told(step, ms, step === "delete" ? "nothing is left behind" : "done", null);
      else this.#failed(step, ms, error);
    }
  }

  /** A queue of the server to try registrations on; null where none can be had, which is no failure. */
  async #findQueue(): Promise<string | null> {
    const { target, connection: options, notice, tracer, signal, tell } = this.#options;
    const at = performance.now();
    const told = (ok: true | null, finding: string, details: Details | null, error: PanwatchError | null): void => {
      const ms = Math.round(performance.now() - at);
      tell({ type: "step", step: "queues", ok, ms, finding, details, error, advice: null });
    };
    try {
      const printers = await enumeratePrinters({ target, options, notice, tracer, signal });
      const names = printers.map(({ name }) => name);
      const some = names.length > SHOWN_QUEUES ? [...names.slice(0, SHOWN_QUEUES), "…"] : names;
      told(true, names.length === 0 ? "none is shared" : `${names.length} shared: ${some.join(", ")}`, { names }, null);
      return names.find((name) => isPrinterName(name)) ?? null;
    } catch (error) {
      const known = asPanwatchError(error);
      if (!signal.aborted) told(null, `cannot be listed: ${known.message}`, null, known);
      return null;
    }
  }

  /** Makes one call and tells how it went; whether it went well. */
  async #step(step: DoctorStep, call: () => Promise<void>, finding: string, details: Details | null): Promise<boolean> {
    if (this.#options.signal.aborted) return false;
    const at = performance.now();
    const elapsed = (): number => Math.round(performance.now() - at);
    try {
      await call();
      this.#told(step, elapsed(), finding, details);
      return true;
    } catch (error) {
      if (!this.#options.signal.aborted) this.#failed(step, elapsed(), asPanwatchError(error));
      return false;
    }
  }

  /**
   * The table: what has been registered already is not registered once more; `failure` is how that ended. A printer's
   * name that was refused is not tried again either ([MS-PAN] 3.1.1.4.1).
   */
  async #tryAll(visit: Visit, queue: string | null, failure: PanwatchError | null): Promise<void> {
    const nameIsWrong = failure !== null && exitCodeOf(failure) === EXIT.printerName;
    for (const cell of cells(queue)) {
      if (this.#options.signal.aborted) return;
      const isFirst = this.#isOwn(cell) && cell.style === "uni";
      const isVain = nameIsWrong && cell.scope === this.#ownScope;
      const error = isFirst ? failure : isVain ? "untried" : await this.#try(visit, cell);
      if (this.#options.signal.aborted) return;
      const access = accessOf(error);
      const told = error === "untried" ? null : error;
      const finding = { type: "access", ...cell, notificationType: ASYNC_UI, access, error: told } as const;
      this.#access.push(finding);
      this.#options.tell(finding);
      if (told !== null && this.#isOwn(cell)) this.#blame(null, told);
    }
    if (visit.over !== null) this.#blame(null, visit.over);
  }

  async #try(visit: Visit, { queue, userFilter, style }: Cell): Promise<PanwatchError | null | "untried"> {
    if (visit.over !== null) return "untried";
    try {
      await visit.tryToRegister(style, { name: this.#nameOf(queue), type: ASYNC_UI, filter: userFilter });
      return null;
    } catch (error) {
      return asPanwatchError(error);
    }
  }

  /** Whether a cell is what watching the TARGET registers by default. */
  #isOwn({ scope, userFilter }: Cell): boolean {
    return scope === this.#ownScope && userFilter === "per-user";
  }

  get #ownScope(): Cell["scope"] {
    return this.#options.target.printer === null ? "server" : "printer";
  }

  #nameOf(queue: string | null): string | null {
    return queue === null ? null : printerPath(this.#options.target.server, queue);
  }

  #told(step: DoctorStep, ms: number, finding: string, details: Details | null): void {
    this.#options.tell({ type: "step", step, ok: true, ms, finding, details, error: null, advice: null });
  }

  #failed(step: DoctorStep, ms: number, error: PanwatchError): void {
    const advice = this.#advice(step, error);
    this.#options.tell({ type: "step", step, ok: false, ms, finding: error.message, details: null, error, advice });
    this.#blame(step, error);
  }

  /** The first error decides. */
  #blame(failedStep: DoctorStep | null, error: PanwatchError): void {
    if (this.#outcome.error === null) this.#outcome = { ...this.#outcome, failedStep, error };
  }

  #advice(step: DoctorStep, error: PanwatchError): Advice {
    const { target, connection } = this.#options;
    const { server, printer, identity } = target;
    return adviceFor(step, error, { server, printer, connection, kerberos: identity.kerberos });
  }
}

function* cells(queue: string | null): Generator<Cell> {
  const filters: readonly UserFilter[] = ["per-user", "all-users"];
  for (const scope of queue === null ? (["server"] as const) : (["server", "printer"] as const)) {
    const place = { scope, queue: scope === "server" ? null : queue };
    for (const userFilter of filters)
      for (const style of ["uni", "bidi"] as const) yield { ...place, userFilter, style };
  }
}

function accessOf(error: PanwatchError | null | "untried"): Access {
  if (error === null) return "ok";
  if (error === "untried") return "untried";
  return exitCodeOf(error) === EXIT.denied ? "denied" : "error";
}
