import { delay } from "../../waiting.js";
import type { EventOrigin, WatchEvent } from "../../watch/events.js";
import { Replay, type RecordedGap } from "../../watch/replay.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { requireProgram } from "../programs/find.js";
import { matchesAll } from "../replies/fields.js";
import { openResources } from "../resources/open.js";
import { onStage, type Stage } from "../stage.js";
import { openAnswering } from "../watch/answering.js";
import { openPrinting } from "../watch/printing.js";
import type { RunSettings } from "../watch/settings.js";
import { WatchRun, type Followed } from "../watch/watch-run.js";
import { Assertion } from "./assertion.js";
import { readRecording, type Received } from "./recording.js";

/** Everything that the arguments of `replay` say. */
export interface ReplaySettings extends RunSettings {
  readonly file: string;
  /** How many times faster than it happened; 0 for at once. */
  readonly speed: number;
  /** What came before is left out. */
  readonly since: Date | null;
  /** The file of expected answers. */
  readonly assertFile: string | null;
}

/** Runs `panwatch replay` to its end and gives the exit code: 1 when something was not answered as expected. */
export async function runReplay(settings: ReplaySettings, context: CommandContext): Promise<number> {
  return onStage({ output: settings.output, context }, (stage) => replayOn(stage, settings));
}

async function replayOn(stage: Stage, settings: ReplaySettings): Promise<number> {
  const { file, what, reply, hook, run: limits, assertFile } = settings;
  if (hook.command?.[0] !== undefined) requireProgram(hook.command[0], "The hook");
  const assertion = assertFile === null ? null : new Assertion(assertFile);
  const resources = await openResources(what.resources, stage.notice);
  const answering = await openAnswering(reply, stage);
  const printing = await openPrinting(stage, {
    answerCommand: null,
    exitCode: () => run.exitCode,
    manyTargets: false,
    drivers: resources.drivers,
  });
  const run: WatchRun = new WatchRun({ settings, stage, answering, printing, resources, recorder: null });
  const recording = readRecording(file, stage.leaving, (text) => stage.notice(text, "warn"));
  const replay = new Replay(since(recording, settings.since), {
    kinds: what.kinds,
    accept: what.match.length === 0 ? null : (event) => matchesAll(what.match, event),
    strings: resources.strings,
    answer: answering.answerer,
    limit: limits.count,
    pause: pace(settings.speed),
    beforeEnd: () => run.hooksEnded(),
  });
  const exitCode = await run.follow(assertion === null ? replay : observed(replay, assertion));
  const differences = assertion?.differences() ?? [];
  for (const difference of differences) stage.diagnostics.line(`panwatch: ${difference}.`);
  return exitCode === EXIT.done && differences.length > 0 ? EXIT.failure : exitCode;
}

type Recorded = Received | RecordedGap;

async function* since(recording: AsyncIterable<Recorded>, from: Date | null): AsyncGenerator<Recorded> {
  for await (const recorded of recording) if (from === null || recorded.origin.time >= from) yield recorded;
}

/** Waits as long as it took from one notification to the next, so many times faster. */
function pace(speed: number): (origin: EventOrigin, signal: AbortSignal) => Promise<unknown> {
  let last: number | null = null;
  return async ({ time }, signal) => {
    const before = last ?? time.getTime();
    last = time.getTime();
    if (speed > 0 && last > before) await delay((last - before) / speed, signal);
  };
}

function observed(replay: Replay, assertion: Assertion): Followed {
  return {
    outcome: replay.outcome,
    close: (reason) => replay.close(reason),
    events: seen(replay.events, assertion),
  };
}

async function* seen(events: AsyncIterable<WatchEvent>, assertion: Assertion): AsyncGenerator<WatchEvent> {
  for await (const event of events) {
    assertion.see(event);
    yield event;
  }
}
