import type { WatchEvent } from "../../watch/events.js";
import type { Watcher } from "../../watch/watcher.js";
import { deferred, onAbort } from "../../waiting.js";
import type { Diagnostics } from "../diagnostics.js";
import { EXIT } from "../exit-codes.js";
import { HookRunner } from "../hooks/hook-runner.js";
import { JsonLines } from "../render/json.js";
import type { SignalWatch } from "../signals.js";
import { after } from "../timers.js";
import type { TraceFile } from "../trace-file.js";
import { Announcement, registrationsPerTarget } from "./announcement.js";
import type { Answering } from "./answering.js";
import { Deadlines } from "./deadlines.js";
import type { Printing } from "./printing.js";
import type { WatchSettings } from "./settings.js";
import { Verdict, type EndReason } from "./verdict.js";

/** After a signal, the reader of stdout has this long to take what is still waiting, in milliseconds. */
const FLUSH_AFTER_SIGNAL_MS = 2000;

export interface WatchRunParts {
  readonly settings: WatchSettings;
  readonly signals: SignalWatch;
  /** Aborted when the watch begins to leave. */
  readonly leaving: AbortController;
  readonly diagnostics: Diagnostics;
  readonly answering: Answering;
  readonly printing: Printing;
  readonly trace: TraceFile | null;
}

/** One run of `panwatch watch`: takes the events, prints them, runs hooks, and knows when and how it ends. */
export class WatchRun {
  readonly #parts: WatchRunParts;
  readonly #hooks: HookRunner | null;
  readonly #verdict: Verdict;
  readonly #announcement: Announcement;
  /** Whether JSON lines of notifications are needed although they are not printed. */
  readonly #needsLines: boolean;
  /** The lines that a trace gets of the events. */
  readonly #traceLines = new JsonLines(() => this.#exitCode);
  readonly #allPrinted = deferred();
  #printed = 0;
  #watcher: Watcher | null = null;
  #deadlines: Deadlines | null = null;
  #exitCode: number = EXIT.failure;

  constructor(parts: WatchRunParts) {
    const { what, hook, reply, output } = parts.settings;
    this.#parts = parts;
    this.#hooks = hook.command === null ? null : this.#openHooks(hook.command);
    this.#verdict = new Verdict({
      replyErrors: reply.errors,
      hookErrors: hook.errors,
      hookHasFailed: () => this.#hooks?.hasFailed ?? false,
    });
    this.#announcement = new Announcement(registrationsPerTarget(what), (text) => {
      if (!output.quiet && parts.settings.announce) parts.diagnostics.line(text);
    });
    this.#needsLines = output.format === "json" || hook.command !== null || reply.reply.startsWith("exec=");
  }

  /** The exit code, once the watch is over; the last lines carry it. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** Resolves when what was counted is printed and its hooks have ended: `beforeLimitEnds` of the watcher. */
  async limitReached(): Promise<void> {
    await this.#allPrinted.promise;
    await this.#hooks?.drain();
  }

  /** Follows a watch to its end and gives the exit code. */
  async follow(watcher: Watcher): Promise<number> {
    const { signals, answering, printing, trace } = this.#parts;
    this.#watcher = watcher;
    this.#deadlines = new Deadlines(this.#parts.settings.run, (reason) => this.#end(reason));
    onAbort(signals.signal, () => this.#end(signals.received() ?? "SIGTERM"));
    onAbort(printing.output.ended, () => this.#end(printing.output.end?.kind === "closed" ? "closed" : "error"));
    for await (const event of watcher) {
      if (event.type === "unregistered" && event.final) this.#exitCode = this.#verdict.exitCode(await watcher.outcome);
      this.#take(event);
    }
    this.#deadlines[Symbol.dispose]();
    const outcome = await watcher.outcome;
    await this.#endHooks(outcome.reason);
    this.#exitCode = this.#verdict.exitCode(outcome);
    answering.close();
    await trace?.close(this.#exitCode);
    await this.#flush();
    return this.#exitCode;
  }

  #take(event: WatchEvent): void {
    const { printing, answering, trace } = this.#parts;
    this.#verdict.see(event);
    // What a notification says stands in the PDU that brought it.
    if (trace !== null && event.type !== "notification") trace.line(this.#traceLines.line(event));
    const line = this.#needsLines ? this.#lineOf(event) : null;
    printing.printer.print(event, line);
    this.#announcement.see(event);
    this.#deadlines?.see(event);
    answering.printed(event, line);
    if (event.type !== "notification") return;
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
    const { leaving, settings, diagnostics } = this.#parts;
    if (reason === "settled" && this.#printed === 0 && !settings.output.quiet) {
      diagnostics.line("No message box waits for an answer.");
    }
    leaving.abort();
    void this.#watcher?.close(reason);
    void this.#hooks?.stop();
  }

  /** Hooks go on where nobody is in a hurry: after an error. After a count they have ended already. */
  async #endHooks(reason: string): Promise<void> {
    if (reason === "error") await this.#hooks?.drain();
    await this.#hooks?.stop();
  }

  #openHooks(command: readonly string[]): HookRunner {
    const { diagnostics, settings } = this.#parts;
    return new HookRunner({
      command,
      timeoutMs: settings.hook.timeoutMs,
      tell: (event) => this.#take(event),
      warn: (text) => diagnostics.notice(text, "warn"),
      stderr: (line) => diagnostics.line(line),
    });
  }

  /** Waits for the reader of stdout; after a signal not for long: what he has not taken then is given up. */
  async #flush(): Promise<void> {
    const { signals, printing, diagnostics } = this.#parts;
    const enough = new AbortController();
    let timer: Disposable | null = null;
    onAbort(signals.signal, () => (timer = after(FLUSH_AFTER_SIGNAL_MS, () => enough.abort())));
    await printing.output.flush(enough.signal);
    (timer as Disposable | null)?.[Symbol.dispose]();
    const { end } = printing.output;
    if (end?.kind === "failed") diagnostics.line(`panwatch: stdout cannot be written: ${end.error.message}.`);
    if (enough.signal.aborted) process.exit(this.#exitCode);
  }
}
