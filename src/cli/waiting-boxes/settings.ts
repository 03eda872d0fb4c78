import { ASYNC_UI } from "../../pan/types.js";
import { connectionOptions, type ConnectionFlags } from "../options/connection-options.js";
import { identityOptions, type IdentityFlags } from "../options/identity-options.js";
import { recordOptions } from "../options/record-options.js";
import { hookOptions, replyOptions, type ReplyFlags } from "../options/reply-options.js";
import {
  outputOptions,
  runOptions,
  whatOptions,
  type OutputFlags,
  type RunOptions,
  type WhatFlags,
} from "../options/watch-options.js";
import { parseTarget } from "../target.js";
import type { WatchSettings } from "../watch/settings.js";

/** What commander makes of the options that `pending` and `answer` have in common. */
export type BoxFlags = IdentityFlags & ConnectionFlags & Pick<WhatFlags, "match" | "resources" | "lang"> & OutputFlags;

/**
 * The settings of a watch for message boxes only, those that wait already included: a server announces them to every new
 * registration ([MS-PAN] 3.1.1.4.3). The first failure of the connection is the end. Throws a UsageError.
 */
export function boxSettings(
  target: string,
  flags: BoxFlags,
  run: Partial<RunOptions>,
  reply: ReplyFlags = {},
): WatchSettings {
  return {
    targets: [{ ...parseTarget(target), text: target }],
    identity: identityOptions(flags),
    connection: connectionOptions(flags),
    what: { ...whatOptions({ ...flags, type: [ASYNC_UI], style: "bidi" }), kinds: ["messageBox"] },
    output: outputOptions(flags),
    record: recordOptions({}),
    run: { ...runOptions({ retry: 0 }), ...run },
    reply: replyOptions(reply),
    hook: hookOptions({}, null),
    announce: false,
  };
}
