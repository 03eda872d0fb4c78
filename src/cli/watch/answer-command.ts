import { shellCommand } from "../render/shell-quote.js";

/**
 * The command that watches the same and presses a button of a message box. `args` are the arguments of the command that
 * runs, which answers nothing; they hold no secret.
 */
export function answerCommand(args: readonly string[], buttonId: string): string {
  const kept = args.filter((arg, i) => !isReplyNone(arg, args[i - 1]));
  return shellCommand(["panwatch", ...kept, "--reply", `button=${buttonId}`]);
}

function isReplyNone(arg: string, previous: string | undefined): boolean {
  return (
    arg === "--reply" || arg === "--reply=none" || arg === "--dry-run" || (arg === "none" && previous === "--reply")
  );
}
