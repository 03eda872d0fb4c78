import { Command, type Option } from "commander";
import type { EventOrigin } from "../../watch/events.js";
import { EVERY_QUEUE } from "../../watch/queues.js";
import { addConnectionOptions } from "../options/connection-options.js";
import { addIdentityOptions } from "../options/identity-options.js";
import { shellCommand } from "../render/shell-quote.js";
import type { GivenTarget } from "./settings.js";

/** What a command line says about whom to ask, and who asks. */
export interface AskedBy {
  /** The arguments of the command that runs, its name first. They hold no secret. */
  readonly args: readonly string[];
  readonly targets: readonly GivenTarget[];
}

/**
 * The shortest command that presses a button of this one message box: the TARGET that it came from, the options of the
 * command that runs which say how to get there, and the title of the box.
 */
export function answerCommand(
  { args, targets }: AskedBy,
  { server, printer }: Pick<EventOrigin, "server" | "printer">,
  buttonId: string,
  title: string,
): string {
  const way = [targetText(targets, server, printer), ...connectionArguments(args.slice(1))];
  return shellCommand(["panwatch", "answer", ...way, "--match", `title=${literal(title)}`, "--button", buttonId]);
}

/** The TARGET that names the box's own place, in the words that were given. */
function targetText(targets: readonly GivenTarget[], server: string, printer: string | null): string {
  const ofServer = targets.filter((one) => one.server === server);
  const [given] = [printer, EVERY_QUEUE].flatMap((wanted) => ofServer.filter((one) => one.printer === wanted));
  if (given === undefined) return ofServer[0]?.text ?? server;
  // A queue whose name holds an @ would be taken for more of the user.
  const isMeant = given.printer === EVERY_QUEUE && printer !== null && !printer.includes("@");
  return isMeant ? given.text.slice(0, -EVERY_QUEUE.length) + printer : given.text;
}

/** What `--match` takes for the text itself, also where it looks like `/regex/`. */
function literal(text: string): string {
  return /^\/.+\/[A-Za-z]*$/s.test(text) ? `/^${text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}$/` : text;
}

/** The options of identity and connection, with their values. */
function connectionArguments(args: readonly string[]): string[] {
  const { options } = addConnectionOptions(addIdentityOptions(new Command()));
  return args.flatMap((arg, i) => {
    const option = options.find((one) => names(one).some((name) => arg === name || isAttached(arg, name)));
    if (option === undefined) return [];
    const value = args[i + 1];
    return names(option).includes(arg) && option.required && value !== undefined ? [arg, value] : [arg];
  });
}

/** Whether the argument is the option with its value: `--port=1`, `-Ualice`. */
function isAttached(arg: string, name: string): boolean {
  return name.startsWith("--") ? arg.startsWith(`${name}=`) : arg.startsWith(name);
}

function names({ long, short }: Option): string[] {
  return [long, short].filter((name) => name !== undefined && name !== null);
}
