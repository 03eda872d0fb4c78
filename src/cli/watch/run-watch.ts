import { DEFAULT_RETRY } from "../../pan/defaults.js";
import { parseSpn } from "../../security/kerberos/spn.js";
import { QUEUES_EVERY_MS } from "../../watch/queues.js";
import type { WatchOptions } from "../../watch/options.js";
import { Watcher } from "../../watch/watcher.js";
import type { CommandContext } from "../command.js";
import { openIdentities } from "../identity.js";
import { requireProgram } from "../programs/find.js";
import type { RecordOptions } from "../options/record-options.js";
import { Recorder } from "../record/recorder.js";
import { matchesAll } from "../replies/fields.js";
import { openResources } from "../resources/open.js";
import { onStage, type Stage } from "../stage.js";
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
  const { output, connection } = settings;
  if (connection.spn !== null) parseSpn(connection.spn);
  return onStage({ output, context, connection }, (stage) => watchOn(stage, settings, context));
}

function openRecorder({ file, maxBytes }: RecordOptions, stage: Stage): Recorder | null {
  if (file === null) return null;
  return new Recorder({ file, maxBytes, failed: (text) => stage.notice(text, "warn") });
}

async function watchOn(stage: Stage, settings: WatchSettings, context: CommandContext): Promise<number> {
  const { what, output, reply, connection, targets, hook } = settings;
  if (hook.command?.[0] !== undefined) requireProgram(hook.command[0], "The hook");
  const resources = await openResources(what.resources, stage.notice);
  using recorder = openRecorder(settings.record, stage);
  const identityOf = await openIdentities(settings.identity, context.passwords, stage);
  const answering = await openAnswering(reply, stage);
  const printing = await openPrinting(stage, {
    answerCommand:
      answering.answerer === null ? (...box) => answerCommand({ args: context.args, targets }, ...box) : null,
    exitCode: () => run.exitCode,
    manyTargets: targets.length > 1,
    drivers: resources.drivers,
  });
  const run: WatchRun = new WatchRun({ settings, stage, answering, printing, resources, recorder });
  const { retryLimit, backoff, waitForServer, count, heartbeatMs } = settings.run;
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
    received: recorder?.received,
    strings: resources.strings,
    retry: { ...DEFAULT_RETRY, limit: retryLimit, ...backoff, waitForServer },
    maxSize: output.maxSize,
    answer: answering.answerer,
    dryRun: reply.dryRun,
    limit: count,
    heartbeatMs,
    queuesEveryMs: QUEUES_EVERY_MS,
    queuesFound: (server, printers) => run.queuesFound(server, printers),
    beforeLimitEnds: () => run.limitReached(),
    notice: stage.notice,
    tracer: stage.trace?.tracer,
  };
  return await run.follow(new Watcher(options));
}
