import type { Answerer } from "../../watch/options.js";
import type { WatchEvent } from "../../watch/events.js";
import type { ReplyOptions } from "../options/reply-options.js";
import type { Stage } from "../stage.js";
import { PrintedLines } from "./printed-lines.js";

/** What answers, and what it needs to hear. */
export interface Answering {
  /** Null when nothing ever answers. */
  readonly answerer: Answerer | null;
  /** Takes each event after it was printed, with its JSON line if there is one. */
  printed(event: WatchEvent, line: string | null): void;
  /** Withdraws questions to a person and gives the terminal back. */
  close(): Promise<void>;
}

const NOBODY: Answering = { answerer: null, printed: () => undefined, close: () => Promise.resolve() };

/**
 * Opens what `--reply` and `-i` ask for; what answers is loaded only where something is to. Throws a UsageError for a wrong value,
 * a wrong file, or no terminal.
 */
export async function openAnswering(options: ReplyOptions, stage: Stage): Promise<Answering> {
  if (options.reply === "none" && !options.interactive) return NOBODY;
  const { createAnswerer, openTerminal, parseReplyOption, Prompter } = await import("../replies/index.js");
  const lines = new PrintedLines();
  const reply = parseReplyOption(options.reply);
  const prompter = options.interactive ? new Prompter(openTerminal(), stage.silence) : null;
  const answerer = createAnswerer({
    reply,
    replyTimeoutMs: options.timeoutMs,
    prompter,
    notice: stage.notice,
    stderr: (line) => stage.diagnostics.line(line),
  });
  return {
    answerer: answerer === null ? null : lines.afterPrinting(answerer),
    printed: (event, line) => {
      if (event.type === "notification") lines.printed(event, line);
      if ("replyTo" in event) prompter?.reportOutcome(event);
    },
    close: async () => prompter?.close(),
  };
}
