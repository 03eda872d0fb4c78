import { Command } from "commander";
import type { CommandContext } from "../command.js";
import { examplesSection, exitCodesSection } from "../help.js";
import { addConnectionOptions, connectionOptions, type ConnectionFlags } from "../options/connection-options.js";
import { addIdentityOptions, identityOptions, type IdentityFlags } from "../options/identity-options.js";
import { addRecordOptions, recordOptions, type RecordFlags } from "../options/record-options.js";
import {
  addHookOptions,
  addReplyOptions,
  hookOptions,
  replyOptions,
  type HookFlags,
  type ReplyFlags,
} from "../options/reply-options.js";
import {
  addOutputOptions,
  addRunOptions,
  addWhatOptions,
  outputOptions,
  runOptions,
  whatOptions,
  type OutputFlags,
  type RunFlags,
  type WhatFlags,
} from "../options/watch-options.js";
import { parseTarget } from "../target.js";
import type { WatchSettings } from "../watch/settings.js";

type WatchFlags = IdentityFlags &
  ConnectionFlags &
  WhatFlags &
  OutputFlags &
  RecordFlags &
  RunFlags &
  ReplyFlags &
  HookFlags;

/** `panwatch watch TARGET… [-- HOOK ARG…]`. */
export function watchCommand(context: CommandContext): Command {
  return defineWatch(context, async (settings) => {
    const { runWatch } = await import("../watch/run-watch.js");
    process.exitCode = await runWatch(settings, context);
  })
    .description(
      "Registers with print servers and prints what they notify, until told to stop. Without a printer in the TARGET the " +
        "whole server is watched.",
    )
    .addHelpText("after", `${EXAMPLES}\n${exitCodesSection()}`);
}

/** A command with the arguments and options of a watch, and what it does with what they say. */
export function defineWatch(
  context: CommandContext,
  action: (settings: WatchSettings) => void | Promise<void>,
): Command {
  const command = new Command().argument(
    "<target...>",
    "[[DOMAIN/]user@]server[/printer], //server/printer or '\\\\server\\printer'",
  );
  addIdentityOptions(command);
  addConnectionOptions(command);
  addWhatOptions(command);
  addRecordOptions(addOutputOptions(command));
  addRunOptions(command);
  addReplyOptions(command);
  addHookOptions(command);
  return command.action(async (targets: string[], flags: WatchFlags) => {
    await action({
      targets: targets.map((text) => ({ ...parseTarget(text), text })),
      identity: identityOptions(flags),
      connection: connectionOptions(flags),
      what: whatOptions(flags),
      output: outputOptions(flags),
      record: recordOptions(flags),
      run: runOptions(flags),
      reply: replyOptions(flags),
      hook: hookOptions(flags, context.hook),
      announce: true,
    });
  });
}

const EXAMPLES = examplesSection([
  ["whoever has a Kerberos ticket needs no more than this", "panwatch watch printserver"],
  ["one printer, asking for the password", "panwatch watch CORP/alice@printserver/HP4"],
  ["JSON lines for scripts", "panwatch watch -o json printserver | jq 'select(.type == \"notification.balloon\")'"],
  ["wait for one message box and press OK", "panwatch watch printserver --kind messageBox -n 1 --reply button=IDOK"],
  ["answer by hand", "panwatch watch -i printserver"],
  ["run a program for each notification", "panwatch watch printserver -- notify-send Printer"],
]);
