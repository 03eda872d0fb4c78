import { Command, Option } from "commander";
import { UsageError } from "../../errors.js";
import type { CommandContext } from "../command.js";
import { examplesSection } from "../help.js";
import { integer, parsed, text } from "../options/parsers.js";
import {
  addHookOptions,
  addReplyOptions,
  hookOptions,
  replyOptions,
  type HookFlags,
  type ReplyFlags,
} from "../options/reply-options.js";
import { addResourceOptions } from "../options/resource-options.js";
import {
  addEventFormatOptions,
  kindOption,
  matchOption,
  outputOptions,
  runOptions,
  whatOptions,
  type OutputFlags,
  type WhatFlags,
} from "../options/watch-options.js";
import { SAMPLES } from "../replay/recording.js";

interface ReplayFlags extends WhatFlags, OutputFlags, ReplyFlags, HookFlags {
  samples?: boolean;
  speed?: number;
  since?: Date;
  count?: number;
  assert?: string;
}

/** `panwatch replay FILE [-- HOOK ARG…]`. */
export function replayCommand(context: CommandContext): Command {
  const command = new Command()
    .description(
      "Runs the notifications of a recording (watch --record) again through decoding, rendering, rules, reply programs " +
        "and hooks, without any network. Nothing is sent: reply.planned tells what would be answered.",
    )
    .argument("[file]", "a recording")
    .optionsGroup("What to replay (options marked + can be repeated):")
    .addOption(new Option("--samples", "the recording that comes with panwatch: one of everything"))
    .addOption(kindOption())
    .addOption(matchOption())
    .addOption(
      parsed("--since <time>", "only what came then or later: 2026-11-21T13:00:00Z, or as local time", parseTime),
    );
  addResourceOptions(command)
    .addOption(parsed("-n, --count <n>", "end after this many notifications", integer(1, Number.MAX_SAFE_INTEGER)))
    .addOption(parsed("--speed <n>", "1 as it happened, 10 ten times as fast, 0 (default) at once", parseSpeed))
    .addOption(parsed("--assert <file>", "exit 1 when the answers are not those in this file of JSON lines", text));
  addEventFormatOptions(command);
  addReplyOptions(command);
  return addHookOptions(command)
    .addHelpText("after", EXAMPLES)
    .action(async (file: string | undefined, flags: ReplayFlags) => {
      if ((file === undefined) === (flags.samples === undefined)) {
        throw new UsageError("replay takes the FILE of a recording, or --samples.");
      }
      const settings = {
        file: file ?? SAMPLES,
        speed: flags.speed ?? 0,
        since: flags.since ?? null,
        assertFile: flags.assert ?? null,
        what: whatOptions(flags),
        output: outputOptions(flags),
        run: { ...runOptions({}), count: flags.count ?? null },
        reply: replyOptions({ ...flags, dryRun: true }),
        hook: hookOptions(flags, context.hook),
        announce: false,
      };
      const { runReplay } = await import("../replay/run-replay.js");
      process.exitCode = await runReplay(settings, context);
    });
}

function parseTime(name: string, value: string): Date {
  const time = /^\d{4}-\d\d-\d\d/.test(value) ? new Date(value) : new Date(Number.NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw new UsageError(`${name} takes a date and time, such as 2026-11-21T13:00:00Z.`);
}

function parseSpeed(name: string, value: string): number {
  if (/^\d{1,6}(\.\d{1,6})?$/.test(value)) return Number(value);
  throw new UsageError(`${name} takes 0, 1 or another number, such as 10 or 0.5.`);
}

const EXAMPLES = examplesSection([
  ["one of everything", "panwatch replay --samples"],
  ["what would my rules have answered?", "panwatch replay recording.jsonl --reply rules=rules.json"],
  [
    "test them: exit 1 when something else is answered",
    "panwatch replay recording.jsonl --reply rules=rules.json --assert expected.jsonl",
  ],
]);
