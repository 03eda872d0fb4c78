import { defaultStringTables } from "../../notifications/strings/string-tables.js";
import { loadStringTables } from "../../notifications/strings/load-string-tables.js";
import { parseSpn } from "../../security/kerberos/spn.js";
import type { WatchOptions } from "../../watch/options.js";
import { Watcher } from "../../watch/watcher.js";
import type { CommandContext } from "../command.js";
import { Diagnostics } from "../diagnostics.js";
import { openIdentities } from "../identity.js";
import { nonBlocking } from "../output.js";
import { askPassword } from "../prompt.js";
import { matchesAll } from "../replies/fields.js";
import { watchSignals } from "../signals.js";
import { TraceFile } from "../trace-file.js";
import { answerCommand } from "./answer-command.js";
import { openAnswering } from "./answering.js";
import { openPrinting } from "./printing.js";
import type { WatchSettings } from "./settings.js";
import { WatchRun } from "./watch-run.js";

/**
 * Runs `panwatch watch` to its end and gives the exit code. Throws what is wrong before anything is connected: files
 * that cannot be read, no terminal to ask on.
 */
export async function runWatch(settings: WatchSettings, context: CommandContext): Promise<number> {
  using signals = watchSignals();
  const { what, output, reply, identity, connection } = settings;
  if (connection.spn !== null) parseSpn(connection.spn);
  const diagnostics = new Diagnostics(nonBlocking(process.stderr), output.verbosity);
  const strings = what.resources === null ? defaultStringTables : await loadStringTables(what.resources);
  const leaving = new AbortController();
  const identityOf = await openIdentities(identity, context.passwords, (question, hint) =>
    askPassword(question, hint, leaving.signal),
  );
  const trace = openTrace(settings, context, diagnostics);
  const answering = openAnswering(reply, diagnostics);
  const printing = await openPrinting({
    output,
    diagnostics,
    answerCommand: answering.answerer === null ? (button, title) => answerCommand(context.args, button, title) : null,
    exitCode: () => run.exitCode,
    manyTargets: settings.targets.length > 1,
  });
  const run: WatchRun = new WatchRun({ settings, signals, leaving, diagnostics, answering, printing, trace });
  const { targets } = settings;
  const { retryLimit, backoff, waitForServer, count } = settings.run;
  const options: WatchOptions = {
    targets: targets.map((target) => ({
      server: target.server,
      printer: target.printer,
      identity: identityOf(target),
    })),
    connection,
    types: what.types,
    style: what.style,
    userFilter: what.userFilter,
    kinds: what.kinds,
    accept: what.match.length === 0 ? null : (event) => matchesAll(what.match, event),
    strings,
    retry: { limit: retryLimit, ...backoff, waitForServer },
    maxSize: output.maxSize,
    answer: answering.answerer,
    dryRun: reply.dryRun,
    limit: count,
    beforeLimitEnds: () => run.limitReached(),
    notice: trace?.noting(diagnostics.notice) ?? diagnostics.notice,
    tracer: trace?.tracer,
  };
  return await run.follow(new Watcher(options));
}

function openTrace({ output, connection }: WatchSettings, { args }: CommandContext, diagnostics: Diagnostics) {
  if (output.trace === null) return null;
  const failed = (text: string): void => diagnostics.notice(text, "warn");
  return new TraceFile({ file: output.trace, subject: { args, connection }, failed });
}
