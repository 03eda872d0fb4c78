import { Command } from "commander";
import type { CommandContext } from "../command.js";
import { examplesSection, helpSection } from "../help.js";
import { integer, parsed, repeated, text } from "../options/parsers.js";

interface ServeFlags {
  readonly listen: string;
  readonly port: number;
  readonly epmPort?: number;
  readonly user?: readonly string[];
  readonly passwordFile?: readonly string[];
  readonly printer?: readonly string[];
  readonly admin?: readonly string[];
}

/** `panwatch serve`. */
export function serveCommand(context: CommandContext): Command {
  return new Command()
    .description(
      "Runs a print server that knows MS-PAN and NTLM. The first line on stdout says when it is ready and where. JSON " +
        "lines on stdin raise notifications, JSON lines on stdout tell what clients do. The end of stdin changes " +
        "nothing; SIGINT and SIGTERM end it.",
    )
    .addOption(parsed("--listen <address>", "where to listen", text).default("127.0.0.1"))
    .addOption(parsed("--port <n>", "TCP port, 0 for any free one", anyPort).default(0))
    .addOption(parsed("--epm-port <n>", "run an endpoint mapper on this port, 0 for any free one", anyPort))
    .addOption(repeated("--user <name>", "[DOMAIN\\]NAME who may log on; without any, one is made up", text))
    .addOption(repeated("--password-file <file>", "its first line is the password of the --user before it", text))
    .addOption(repeated("--printer <name>", "a printer of the server; without any, every name is one", text))
    .addOption(repeated("--admin <name>", "a user who may watch the notifications of all users", text))
    .addHelpText("after", `${INPUT}\n${EXAMPLES}`)
    .action(async (flags: ServeFlags) => {
      const { listen, port, epmPort = null, user = [], passwordFile = [], printer = null, admin = [] } = flags;
      const { runServe } = await import("../serve/run-serve.js");
      process.exitCode = await runServe(
        { listen, port, epmPort, users: user, passwordFiles: passwordFile, printers: printer, admins: admin },
        context,
      );
    });
}

const anyPort = integer(0, 65_535);

const INPUT = helpSection("Lines on stdin, each answered by a done or an error line:", [
  ['{"notify":"balloon",…}', '"title", "body"'],
  ['{"notify":"printerConfiguration",…}', '"printerName", "settings":[{"name","kind","value"}]'],
  ['{"notify":"customData",…}', '"dll", "entrypoint", "base64"'],
  ['{"notify":"raw",…}', '"notificationType", and "xml" or "base64"'],
  ['{"open":"messageBox",…}', '"title", "body", "buttons":["IDOK",{"id":"3","label":"Retry"}]'],
  ["their texts and pictures", 'also "stringId", "dll", "params":["A4"], "icon" or "bitmap": of a driver\'s file'],
  ['{"open":"customUi",…}', '"dll", "entrypoint", "text"'],
  ['{"open":"raw",…}', "as with notify"],
  ['{"close":"c1"}', "closes a channel that nobody has answered"],
  ["all of them but close", '"printer", "user", "repeat", "intervalMs"'],
]);

const EXAMPLES = examplesSection([
  ["try a watcher: the password is told on stderr", "panwatch serve --port 8135"],
  [
    "a balloon every five seconds, for whoever watches then",
    `echo '{"notify":"balloon","title":"Hello","body":"It works","repeat":1000,"intervalMs":5000}' | panwatch serve`,
  ],
  ["a user with a password of your choice", "panwatch serve --user alice --password-file password.txt"],
]);
