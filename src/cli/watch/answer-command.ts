import { shellCommand } from "../render/shell-quote.js";

/**
 * The command that presses a button of a message box with this title: of `pending`, the one that answers it; else one that
 * watches the same. `args` are the arguments of the command that runs, which answers nothing; they hold no secret.
 */
export function answerCommand(args: readonly string[], buttonId: string, title: string): string {
  const [command, ...rest] = args;
  if (command === "pending") {
    return shellCommand(["panwatch", "answer", ...rest, "--match", `title=${title}`, "--button", buttonId]);
  }
  const kept = args.filter((arg, i) => !isReplyNone(arg, args[i - 1]));
  return shellCommand(["panwatch", ...kept, "--reply", `button=${buttonId}`]);
}

function isReplyNone(arg: string, previous: string | undefined): boolean {
  return (
    arg === "--reply" || arg === "--reply=none" || arg === "--dry-run" || (arg === "none" && previous === "--reply")
  );
}
