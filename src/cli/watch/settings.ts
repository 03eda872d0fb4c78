import type { ConnectionOptions } from "../../pan/connection-options.js";
import type { IdentityOptions } from "../identity.js";
import type { HookOptions, ReplyOptions } from "../options/reply-options.js";
import type { RecordOptions } from "../options/record-options.js";
import type { OutputOptions, RunOptions, WhatOptions } from "../options/watch-options.js";
import type { Target } from "../target.js";

/** A TARGET with its text as it was given. */
export type GivenTarget = Target & { readonly text: string };

/** What the arguments say about what is made of notifications, wherever they come from. */
export interface RunSettings {
  readonly what: WhatOptions;
  readonly output: OutputOptions;
  readonly run: RunOptions;
  readonly reply: ReplyOptions;
  readonly hook: HookOptions;
  /** Whether to say what is watched, once it is. */
  readonly announce: boolean;
}

/** Everything that the arguments of `watch` say. */
export interface WatchSettings extends RunSettings {
  readonly targets: readonly GivenTarget[];
  readonly identity: IdentityOptions;
  readonly connection: ConnectionOptions;
  readonly record: RecordOptions;
}
