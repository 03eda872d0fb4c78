import { setImmediate as turn } from "node:timers/promises";
import type { Notice } from "../../pan/connection-options.js";
import type { Answer, Question } from "../../watch/options.js";
import { decisionText, toReply, type Decision } from "./decision.js";
import type { ReplyChoice } from "./option.js";
import type { Prompter } from "./prompt/prompter.js";
import { ReplyProgram, type ReplyProgramOptions } from "./reply-program.js";
import { findRule, type Rule } from "./rules.js";
import { Turns } from "./turns.js";

export { parseReplyOption, type ReplyChoice } from "./option.js";
export { Prompter } from "./prompt/prompter.js";
export { openTerminal, type Terminal } from "./prompt/terminal.js";

export interface AnswererOptions extends Pick<ReplyProgramOptions, "stderr" | "graceMs" | "notice"> {
  readonly reply: ReplyChoice;
  /** How long a reply program may take, in milliseconds; a person is not bounded by it. */
  readonly replyTimeoutMs: number;
  /** Asks a person about the message boxes that `reply` leaves open; null without `-i`. */
  readonly prompter: Prompter | null;
}

/** Answers a question; `line` is its JSON line, for programs. */
export type LineAnswerer = (question: Question, signal: AbortSignal, line: string) => Promise<Answer | null>;

type Chooser = (question: Question, signal: AbortSignal, line: string) => Decision | null | Promise<Decision | null>;

/** What answers for the options of a watch: `--reply` first, then `-i`. Null when nothing ever answers. */
export function createAnswerer(options: AnswererOptions): LineAnswerer | null {
  const { reply, prompter } = options;
  const chooser = createChooser(options);
  if (chooser === null && prompter === null) return null;
  return async (question, signal, line) => {
    const decision = (await chooser?.(question, signal, line)) ?? null;
    if (decision !== null) options.notice(`${question.event.id}: ${decisionText(decision)}`, "debug");
    const chosen = decision === null ? null : toReply(decision, question);
    if (chosen !== null && reply.via !== "none") return { via: reply.via, reply: chosen };
    return prompter === null ? null : askPerson(prompter, question, signal);
  };
}

/** What `--reply` decides about a question; null where it decides nothing. */
function createChooser(options: AnswererOptions): Chooser | null {
  const { reply } = options;
  switch (reply.via) {
    case "none":
      return null;
    case "button":
      return ({ notification }) =>
        notification.kind === "messageBox" ? { kind: "button", choice: reply.choice } : null;
    case "rules":
      return chooseByRules(reply.rules, options.notice);
    case "exec": {
      const program = new ReplyProgram({ ...options, program: reply.program, timeoutMs: options.replyTimeoutMs });
      return (question, signal, line) => program.ask(question, line, signal);
    }
  }
}

/** Rules look at one question in each turn of the event loop, so that a signal is heard between two of them. */
function chooseByRules(rules: readonly Rule[], notice: Notice): Chooser {
  const turns = new Turns(1);
  return (question, signal) =>
    turns.run(signal, async () => {
      await turn();
      if (signal.aborted) return null;
      const rule = findRule(rules, question);
      const found = rule === null ? `no rule matches (of ${rules.length})` : `rule ${rule.number} matches`;
      notice(`${question.event.id}: ${found}`, "debug");
      return rule?.decision ?? null;
    });
}

async function askPerson(prompter: Prompter, question: Question, signal: AbortSignal): Promise<Answer | null> {
  const { notification } = question;
  if (notification.kind !== "messageBox") return null;
  const reply = await prompter.ask(question, notification, signal);
  return reply === null ? null : { via: "interactive", reply };
}
