import type { CommandEntry } from "./command.js";

/** All commands, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "watch",
    usage: "TARGET… [-- HOOK ARG…]",
    summary: "register with print servers and print their notifications",
    load: async (context) => (await import("./commands/watch.js")).watchCommand(context),
  },
  {
    name: "demo",
    usage: "",
    summary: "show panwatch at work, with a print server of its own",
    load: async () => (await import("./commands/demo.js")).demoCommand(),
  },
  {
    name: "completion",
    usage: "bash|zsh|fish",
    summary: "print a completion script for a shell",
    load: async (context) => (await import("./commands/completion.js")).completionCommand(context),
  },
];
