import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import type { Command } from "commander";
import { UsageError } from "../../errors.js";
import type { CommandContext } from "../command.js";
import { examplesSection } from "../help.js";
import { isProgram } from "../programs/find.js";
import { serviceUnit } from "../service/unit.js";
import type { WatchSettings } from "../watch/settings.js";
import { defineWatch } from "./watch.js";

/** `panwatch service TARGET… [-- HOOK ARG…]`. */
export function serviceCommand(context: CommandContext): Command {
  return defineWatch(context, (settings) => {
    process.stdout.write(unitFor(settings, context));
  })
    .description(
      "Prints a systemd unit that runs a watch with these options: passwords and keytabs are handed over as credentials, " +
        "systemd hears when it is registered and what it watches, and it gets no right that it does not need. Where no " +
        "option says where the password is, it is expected in /etc/panwatch/password.",
    )
    .addHelpText("after", EXAMPLES);
}

function unitFor({ reply, identity, targets, hook }: WatchSettings, { args }: CommandContext): string {
  if (reply.interactive) throw new UsageError("A service has no terminal on which -i could ask.");
  if (identity.passwordFile === "-") {
    throw new UsageError("A service has no stdin for the password.", {
      hint: "Name a file with --password-file; systemd hands it over as a credential.",
    });
  }
  return serviceUnit({
    launcher: [process.execPath, realpathSync(process.argv[1] ?? "")],
    args: args.slice(1),
    hook: hook.command,
    targets: targets.map(({ text }) => text),
    folder: process.cwd(),
    notifies: isProgram("systemd-notify"),
    hasManual: spawnSync("man", ["--where", "1", "panwatch"], { stdio: "ignore" }).status === 0,
  });
}

const EXAMPLES = examplesSection([
  [
    "a log of two servers",
    "panwatch service s1 s2 -U 'CORP\\watcher' --password-file /etc/panwatch/password -o line > panwatch.service",
  ],
  ["with a keytab instead", "panwatch service s1 -U watcher@CORP.EXAMPLE -k --keytab /etc/panwatch/watcher.keytab"],
]);
