import type { ChalkInstance } from "chalk";
import { formatDuration } from "../../durations.js";
import { wrap } from "../../render/wrap.js";
import { sanitise } from "../../sanitise.js";
import type {
  AccessFinding,
  Registrations,
  Advice,
  DoctorStep,
  Finding,
  ResultFinding,
  ProbeFinding,
  StepFinding,
} from "../findings.js";
import type { Place } from "./json.js";
import { accessTable } from "./table.js";

export interface PrettyFindingsOptions {
  readonly place: Place;
  readonly chalk: ChalkInstance;
  /** Columns of the terminal; Infinity where lines are not to be wrapped. */
  readonly columns: () => number;
}

const LABELS: Record<DoctorStep, string> = {
  resolve: "name",
  "endpoint-mapper": "endpoint mapper",
  "endpoint-map": "endpoint map",
  credentials: "credentials",
  port: "port",
  logon: "bind and logon",
  queues: "queues",
  create: "create",
  register: "register",
  unregister: "unregister",
  delete: "delete",
};
const LABEL_WIDTH = Math.max(...Object.values(LABELS).map((label) => label.length));
/** Columns of what a variant is called. */
const PROBE_WIDTH = 40;

/** Columns that texts get at least. */
const LEAST_COLUMNS = 30;
const ALL_USERS = "all-users needs the right to administer the server or the printer";

/** Findings as text for people: a line for each step, what a failure means, and the table. Nothing is told by colour alone. */
export class PrettyFindings {
  readonly #options: PrettyFindingsOptions;
  readonly #access: AccessFinding[] = [];
  #probed = false;
  /** Whether the text so far ends with an empty line. */
  #blank = true;

  constructor(options: PrettyFindingsOptions) {
    this.#options = options;
  }

  /** The text of a finding, without the line feed at its end; null for one that is told later, in the table. */
  text(finding: Finding): string | null {
    switch (finding.type) {
      case "step":
        return this.#joined([this.#row(finding, LABELS[finding.step], LABEL_WIDTH), ...this.#advice(finding.advice)]);
      case "probe":
        return this.#joined([...this.#heading(), this.#row(finding, finding.probe, PROBE_WIDTH)]);
      case "access":
        this.#access.push(finding);
        return null;
      case "result":
        return this.#joined([...this.#table(), ...this.#result(finding)]);
    }
  }

  /** Lines as one text, without a second empty line after one. */
  #joined(lines: readonly string[]): string {
    const [first, ...rest] = lines;
    const shown = first === "" && this.#blank ? rest : lines;
    this.#blank = shown.at(-1) === "";
    return shown.join("\n");
  }

  /** What stands above the first variant. */
  #heading(): string[] {
    if (this.#probed) return [];
    this.#probed = true;
    return ["", this.#options.chalk.bold("Variants, each tried on its own:")];
  }

  /** In columns where there is room for them. */
  #row({ ok, ms, finding }: StepFinding | ProbeFinding, label: string, width: number): string {
    const { chalk, columns } = this.#options;
    const [icon, word, paint] =
      ok === null ? ["–", "skipped", chalk.dim] : ok ? ["✓", "ok", chalk.green] : ["✗", "failed", chalk.red];
    const time = ms === null ? "" : formatDuration(ms);
    const column = 2 + 9 + width + 2 + 8 + 2;
    if (columns() - column < LEAST_COLUMNS) {
      const head = this.#wrapped(`${icon} ${word} ${label} ${time}`, 0).map((line) => paint(line));
      return [...head, ...this.#wrapped(finding, 4).map((line) => `    ${line}`)].join("\n");
    }
    const head = `${paint(`${icon} ${word.padEnd(9)}`)}${label.padEnd(width + 2)}${chalk.dim(time.padStart(8))}  `;
    return head + this.#wrapped(finding, column).join(`\n${" ".repeat(column)}`);
  }

  #advice(advice: Advice | null): string[] {
    if (advice === null) return [];
    const { chalk } = this.#options;
    return [
      "",
      ...this.#wrapped(advice.meaning, 2).map((line) => `  ${line}`),
      "",
      chalk.bold("  Likely causes:"),
      ...advice.causes.flatMap((cause, i) => this.#item(`${i + 1}.`, cause)),
      "",
      chalk.bold("  What to look at:"),
      ...advice.look.flatMap((look) => this.#item("-", look)),
      "",
    ];
  }

  #item(mark: string, text: string): string[] {
    const [first = "", ...rest] = this.#wrapped(text, 4 + mark.length + 1);
    const indent = " ".repeat(4 + mark.length + 1);
    return [`    ${mark} ${first}`, ...rest.map((line) => indent + line)];
  }

  #table(): string[] {
    if (this.#access.length === 0) return [];
    const { chalk, columns } = this.#options;
    const isDenied = this.#access.some(({ userFilter, access }) => userFilter === "all-users" && access === "denied");
    return [
      "",
      ...this.#wrapped("What this account may watch (AsyncUI notifications):", 0).map((line) => chalk.bold(line)),
      ...accessTable(this.#access, chalk, columns()),
      ...(isDenied ? this.#wrapped(ALL_USERS, 2).map((line) => chalk.dim(`  ${line}`)) : []),
    ];
  }

  #result({ exitCode, failedStep, registrations, error, interrupted, hint }: ResultFinding): string[] {
    const { chalk } = this.#options;
    const texts = [registrations === null ? null : this.#registrations(registrations), hint];
    const lines = texts.flatMap((text) => (text === null ? [] : ["", ...this.#wrapped(text, 0)]));
    if (interrupted !== null)
      return [...lines, "", chalk.yellow(`– interrupted: ${interrupted} (exit code ${exitCode})`)];
    if (exitCode === 0) return [...lines, "", chalk.green("✓ everything works")];
    const what = failedStep === null ? (error?.message ?? "failed") : `failed at: ${LABELS[failedStep]}`;
    return [...lines, "", chalk.red(`✗ ${sanitise(what)} (exit code ${exitCode})`)];
  }

  /** What may be registered for, and what to watch accordingly. */
  #registrations(works: Registrations): string | null {
    const { server } = this.#options.place;
    const queue = this.#access.find((finding) => finding.queue !== null)?.queue ?? null;
    switch (works) {
      case "both":
        return `Registering works for the server itself and for a queue (${queue}). MS-PAN does not promise that the server itself brings what is meant for its queues: watch ${server}/* for that.`;
      case "server":
        return `Registering works for the server itself; ${queue === null ? "no queue was there to be tried" : `not for the queue ${queue}`}.`;
      case "queue":
        return `Registering works for a queue (${queue}), not for the server itself: watch ${server}/${queue}, or ${server}/* for every queue.`;
      case "none":
        return null;
    }
  }

  #wrapped(text: string, indent: number): string[] {
    return wrap(sanitise(text), Math.max(LEAST_COLUMNS, this.#options.columns() - indent));
  }
}
