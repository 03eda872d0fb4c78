import type { WatchEvent } from "../../watch/events.js";
import { registrationPlans, type Watcher } from "../../watch/watcher.js";
import { deferred, onAbort } from "../../waiting.js";
import type { Resources } from "../../notifications/strings/load-string-tables.js";
import { describeFailure } from "../diagnostics.js";
import { EXIT } from "../exit-codes.js";
import { HookRunner } from "../hooks/hook-runner.js";
import { JsonLines } from "../render/json.js";
import { MissingFiles } from "../resources/missing-files.js";
import type { Recorder } from "../record/recorder.js";
import type { Stage } from "../stage.js";
import { Announcement } from "./announcement.js";
import type { Answering } from "./answering.js";
import { Deadlines } from "./deadlines.js";
import type { Printing } from "./printing.js";
import { ServiceManager } from "./service-manager.js";
import type { RunSettings } from "./settings.js";
import { Verdict, type EndReason } from "./verdict.js";

export interface WatchRunParts {
  readonly settings: RunSettings;
  readonly stage: Stage;
  readonly answering: Answering;
  readonly printing: Printing;
  readonly resources: Resources;
  readonly recorder: Recorder | null;
}

/** What tells events: a watch, or a replay. */
export type Followed = Pick<Watcher, "events" | "outcome" | "close">;

/** One run of `panwatch watch`: takes the events, prints them, runs hooks, and knows when and how it ends. */
export class WatchRun {
  readonly #parts: WatchRunParts;
  readonly #hooks: HookRunner | null;
  readonly #verdict: Verdict;
  readonly #announcement: Announcement;
  readonly #missingFiles: MissingFiles;
  /** Whether JSON lines of notifications are needed although they are not printed. */
  readonly #needsLines: boolean;
  /** The lines that a trace gets of the events. */
  readonly #traceLines = new JsonLines(() => this.#exitCode);
  readonly #recordLines = new JsonLines(() => this.#exitCode);
  readonly #allPrinted = deferred();
  readonly #service: ServiceManager | null;
  #printed = 0;
  #watcher: Followed | null = null;
  #deadlines: Deadlines | null = null;
  #exitCode: number = EXIT.failure;

  constructor(parts: WatchRunParts) {
    const { what, hook, reply, output } = parts.settings;
    this.#parts = parts;
    this.#service = ServiceManager.open(process.env, parts.stage.notice);
    this.#hooks = hook.command === null ? null : this.#openHooks(hook.command);
    this.#verdict = new Verdict({
      replyErrors: reply.errors,
      hookErrors: hook.errors,
      hookHasFailed: () => this.#hooks?.hasFailed ?? false,
    });
    this.#announcement = new Announcement(registrationPlans(what).length, (text) => {
      if (parts.settings.announce) parts.stage.say(text);
      this.#service?.status(text);
    });
    this.#missingFiles = new MissingFiles(parts.resources.drivers, parts.stage.notice);
    this.#needsLines = output.format === "json" || hook.command !== null || reply.reply.startsWith("exec=");
  }

  /** The exit code, once the watch is over; the last lines carry it. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** Queues of a server are about to be registered for. */
  queuesFound(server: string, printers: readonly string[]): void {
    this.#announcement.queuesFound(server, printers);
  }

  /** Resolves when what was counted is printed and its hooks have ended, and the watch is to leave: `beforeLimitEnds`. */
  async limitReached(): Promise<void> {
    await this.#allPrinted.promise;
    await this.hooksEnded();
    this.#parts.stage.leave(this.#verdict.exitCode({ reason: "count", error: null }));
  }

  /** Resolves when no hook runs or waits to run. */
  async hooksEnded(): Promise<void> {
    await this.#hooks?.drain();
  }

  /** Follows a watch to its end and gives the exit code. */
  async follow(watcher: Followed): Promise<number> {
    const { stage, answering, settings } = this.#parts;
    this.#watcher = watcher;
    this.#deadlines = new Deadlines(settings.run, (reason) => this.#end(reason));
    onAbort(stage.leaving, () => {
      if (stage.interruption !== null) this.#end(stage.interruption.reason);
    });
    for await (const event of watcher.events) {
      if (event.type === "unregistered" && event.final) this.#exitCode = this.#verdict.exitCode(await watcher.outcome);
      this.#take(event);
    }
    this.#deadlines[Symbol.dispose]();
    const outcome = await watcher.outcome;
    await this.#endHooks(outcome.reason);
    this.#exitCode = this.#verdict.exitCode(outcome);
    await answering.close();
    this.#service?.[Symbol.dispose]();
    return this.#exitCode;
  }

  #take(event: WatchEvent): void {
    const { printing, answering, stage, recorder } = this.#parts;
    const { trace } = stage;
    this.#verdict.see(event);
    // What a notification says stands in the PDU that brought it.
    if (trace !== null && event.type !== "notification") trace.line(this.#traceLines.line(event));
    recorder?.line(this.#recordLines.line(event));
    const line = this.#needsLines && printing.printer.wants(event) ? this.#lineOf(event) : null;
    printing.printer.print(event, line);
    this.#service?.see(event);
    this.#announcement.see(event);
    this.#deadlines?.see(event);
    answering.printed(event, line);
    if (event.type !== "notification") return;
    this.#missingFiles.see(event.notification);
    this.#hooks?.push(event, line ?? "");
    this.#countPrinted();
  }

  /** In JSON every event has its line; for hooks and reply programs only notifications need one. */
  #lineOf(event: WatchEvent): string | null {
    const wanted = this.#parts.settings.output.format === "json" || event.type === "notification";
    return wanted ? this.#parts.printing.json.line(event) : null;
  }

  /** From the last counted notification on, nothing but signals and a closed stdout ends the watch earlier. */
  #countPrinted(): void {
    this.#printed += 1;
    if (this.#printed !== this.#parts.settings.run.count) return;
    this.#deadlines?.[Symbol.dispose]();
    this.#allPrinted.resolve();
  }

  #end(reason: EndReason): void {
    const { stage, settings } = this.#parts;
    const missing = this.#verdict.missing(reason, settings.run);
    if (missing !== null) stage.diagnostics.line(`panwatch: ${describeFailure(missing, null)}`);
    if (reason === "settled" && this.#printed === 0) stage.say("No message box waits for an answer.");
    stage.leave(this.#verdict.exitCode({ reason, error: null }));
    void this.#watcher?.close(reason);
    void this.#hooks?.stop();
  }

  /** Hooks go on where nobody is in a hurry: after an error. After a count they have ended already. */
  async #endHooks(reason: string): Promise<void> {
    if (reason === "error") await this.#hooks?.drain();
    await this.#hooks?.stop();
  }

  #openHooks(command: readonly string[]): HookRunner {
    const { stage, settings } = this.#parts;
    return new HookRunner({
      command,
      timeoutMs: settings.hook.timeoutMs,
      tell: (event) => this.#take(event),
      notice: stage.notice,
      stderr: (line) => stage.diagnostics.line(line),
    });
  }
}
