import { closeSync, openSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { fileProblem, UsageError } from "../../errors.js";
import { splitAccount, splitUpn } from "../../security/account.js";
import { familyOf } from "../../transport/resolve.js";
import { version } from "../version.js";
import type { Finding } from "./findings.js";
import { Pseudonyms } from "./pseudonyms.js";

/** Whom the report is about: none of it is told. */
export interface ReportSubject {
  readonly server: string;
  readonly printer: string | null;
  readonly user: string | null;
  readonly domain: string | null;
  readonly targetIp: string | null;
  readonly spn: string | null;
  /** The arguments of the command; of them only the names of options are told. */
  readonly args: readonly string[];
}

/** Fields whose words are panwatch's own: nothing in them is a name. */
const VOCABULARY: readonly string[] = [
  ...["type", "time", "step", "scope", "userFilter", "style", "notificationType", "access", "registrations"],
  ...["code", "hresult", "failedStep", "interrupted", "mechanism", "level", "transferSyntax", "interface", "kerberos"],
];

const ADVICE: readonly string[] = ["meaning", "causes", "look", "hint"];

/**
 * The file of `--report`, made to be shared: JSON with everything that was found, in which people, hosts and printers have
 * other names. Neither what notifications say nor anything secret is in it; nor is advice, which the reader can look up.
 */
export class Report {
  readonly #fd: number;
  readonly #subject: ReportSubject;
  readonly #names = new Pseudonyms();
  readonly #lines: unknown[] = [];

  /** Opens the file, which only its owner may read. Throws a UsageError when it cannot be written. */
  constructor(file: string, subject: ReportSubject) {
    try {
      this.#fd = openSync(file, "w", 0o600);
    } catch (cause) {
      throw new UsageError(`The file of --report cannot be written: ${fileProblem(cause)}.`, { cause });
    }
    this.#subject = subject;
    this.#nameAll();
  }

  /** Takes a finding, and its JSON line. */
  add(finding: Finding, line: string): void {
    if (finding.type === "step") this.#namesIn(finding.details ?? {});
    const fields = Object.entries(JSON.parse(line) as object).filter(([name]) => !ADVICE.includes(name));
    this.#lines.push(Object.fromEntries(fields));
  }

  /** Writes all of it. */
  close(): void {
    const options = this.#subject.args.filter((arg) => arg.startsWith("-")).map((arg) => arg.replace(/=.*$/s, ""));
    const about = { v: 1, type: "doctor.report", time: new Date().toISOString(), panwatch: version() };
    const system = { node: process.version, platform: `${process.platform} ${process.arch}`, options };
    const report = { ...about, ...system, findings: this.#lines.map((line) => this.#replaced("", line)) };
    writeFileSync(this.#fd, `${JSON.stringify(report, null, 1)}\n`);
    closeSync(this.#fd);
  }

  #nameAll(): void {
    const { server, printer, user, domain, targetIp, spn } = this.#subject;
    this.#host(server);
    this.#host(targetIp);
    this.#host(spn === null ? null : splitUpn(splitAccount(spn).user).name);
    this.#names.add("printer", printer);
    this.#names.add("domain", domain);
    this.#account(user);
    this.#host(hostname());
    this.#names.add("user", userInfo().username);
  }

  /** Names that a step found: queues, and who was let in. */
  #namesIn({ names, user }: Record<string, unknown>): void {
    if (Array.isArray(names)) for (const name of names) this.#names.add("printer", String(name));
    if (typeof user === "string") this.#account(user);
  }

  /** A host by its whole name and by its first label; what follows that is a domain. */
  #host(name: string | null): void {
    if (name === null || familyOf(name) !== 0) return;
    const [label = "", ...rest] = name.split(".");
    this.#names.add("host", name);
    this.#names.add("host", label);
    this.#names.add("domain", rest.join("."));
  }

  #account(text: string | null): void {
    if (text === null) return;
    const { user, domain } = splitAccount(text);
    const { name, suffix } = splitUpn(user);
    this.#names.add("domain", domain);
    this.#names.add("domain", suffix);
    this.#names.add("user", name);
  }

  #replaced(field: string, value: unknown): unknown {
    if (typeof value === "string") return VOCABULARY.includes(field) ? value : this.#names.replace(value);
    if (Array.isArray(value)) return value.map((item) => this.#replaced(field, item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#replaced(name, item)]));
  }
}
