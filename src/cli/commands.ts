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
    name: "doctor",
    usage: "TARGET",
    summary: "go the way to a print server step by step, and say what is wrong",
    load: async (context) => (await import("./commands/doctor.js")).doctorCommand(context),
  },
  {
    name: "printers",
    usage: "TARGET",
    summary: "list the queues that a server shares",
    load: async (context) => (await import("./commands/printers.js")).printersCommand(context),
  },
  {
    name: "resources",
    usage: "TARGET DIR",
    summary: "fetch the files that hold the texts and icons of a server's drivers",
    load: async (context) => (await import("./commands/resources.js")).resourcesCommand(context),
  },
  {
    name: "pending",
    usage: "TARGET",
    summary: "list the message boxes that wait for an answer now",
    load: async (context) => (await import("./commands/pending.js")).pendingCommand(context),
  },
  {
    name: "answer",
    usage: "TARGET --match FIELD=TEXT --button B",
    summary: "answer one message box that waits, and leave",
    load: async (context) => (await import("./commands/answer.js")).answerCommand(context),
  },
  {
    name: "decode",
    usage: "[FILE|-]",
    summary: "decode a saved notification, without any network",
    load: async (context) => (await import("./commands/decode.js")).decodeCommand(context),
  },
  {
    name: "replay",
    usage: "FILE [-- HOOK ARG…]",
    summary: "run a recording again through rules, reply programs and hooks",
    load: async (context) => (await import("./commands/replay.js")).replayCommand(context),
  },
  {
    name: "serve",
    usage: "",
    summary: "run a print server of panwatch's own, driven by JSON lines",
    load: async (context) => (await import("./commands/serve.js")).serveCommand(context),
  },
  {
    name: "demo",
    usage: "",
    summary: "show panwatch at work, with a print server of its own",
    load: async (context) => (await import("./commands/demo.js")).demoCommand(context),
  },
  {
    name: "service",
    usage: "TARGET… [-- HOOK ARG…]",
    summary: "print a systemd unit for a watch",
    load: async (context) => (await import("./commands/service.js")).serviceCommand(context),
  },
  {
    name: "strings",
    usage: "[ID…]",
    summary: "print the default string resources",
    load: async () => (await import("./commands/strings.js")).stringsCommand(),
  },
  {
    name: "schema",
    usage: "",
    summary: "print the JSON Schema of the lines of -o json",
    load: async () => (await import("./commands/schema.js")).schemaCommand(),
  },
  {
    name: "completion",
    usage: "bash|zsh|fish",
    summary: "print a completion script for a shell",
    load: async (context) => (await import("./commands/completion.js")).completionCommand(context),
  },
];
