import { randomBytes } from "node:crypto";
import { PrintServer } from "../../print-server/print-server.js";
import type { Answerer } from "../../watch/options.js";
import { watch } from "../../watch/watch.js";
import type { Watcher } from "../../watch/watcher.js";
import { onAbort } from "../../waiting.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-codes.js";
import type { OutputOptions } from "../options/watch-options.js";
import { onStage, type Stage } from "../stage.js";
import { openPrinting, type Printing } from "../watch/printing.js";
import { PRINTER, STORY } from "./story.js";

/** Registrations of the demo: AsyncUI in both styles, printer configuration in its one. */
const REGISTRATIONS = 3;

/** How long the demo may take, in milliseconds; reached only when something is broken. */
const PATIENCE_MS = 15_000;

/** Runs `panwatch demo` to its end and gives the exit code: 0 when everything was shown. */
export async function runDemo(output: OutputOptions, context: CommandContext): Promise<number> {
  return onStage({ output, context }, playOn);
}

async function playOn(stage: Stage): Promise<number> {
  const password = randomBytes(12).toString("base64url");
  await using server = await PrintServer.start({
    users: [{ name: "alice", password }],
    printers: [PRINTER],
    epmPort: 0,
  });
  const epmPort = server.epmPort ?? 0;
  stage.say(`A print server on ${server.address} (endpoint mapper at port ${epmPort}, interfaces at ${server.port})`);
  stage.say("and a watcher, which finds it through the endpoint mapper, logs on with NTLM and has everything sealed:");
  let exitCode: number = EXIT.failure;
  const printing = await openPrinting(stage, {
    answerCommand: null,
    exitCode: () => exitCode,
    manyTargets: false,
    drivers: null,
  });
  await using watcher = watch({
    server: server.address,
    printer: PRINTER,
    user: "alice",
    password,
    kerberos: "off",
    connection: { epmPort },
    retry: { limit: 0 },
    answer: pressFirstButton,
    notice: stage.notice,
  });
  onAbort(stage.leaving, () => void watcher.close(stage.interruption?.reason ?? "error"));
  await play(server, watcher, printing, () => (exitCode = EXIT.done));
  if (exitCode === EXIT.done) {
    await stage.stdout.flush();
    stage.say(CLOSING);
  }
  return stage.interruption?.exitCode ?? exitCode;
}

const CLOSING =
  "That was MS-PAN over TCP, nothing was made up. Next: panwatch watch [[DOMAIN/]user@]server, or panwatch serve for a print server to play with.";

/** Plays the story scene by scene, each when the one before has been seen, and tells when it has come to its end. */
async function play(server: PrintServer, watcher: Watcher, { printer }: Printing, over: () => void): Promise<void> {
  const scenes = [...STORY];
  let scene = scenes.shift();
  let registered = 0;
  const impatience = setTimeout(() => void watcher.close("timeout"), PATIENCE_MS);
  for await (const event of watcher.events) {
    printer.print(event, null);
    if (event.type === "registered" && ++registered === REGISTRATIONS) scene?.play(server);
    if (scene === undefined || !scene.isOver(event)) continue;
    scene = scenes.shift();
    if (scene !== undefined) {
      scene.play(server);
      continue;
    }
    over();
    void watcher.close("closed");
  }
  clearTimeout(impatience);
}

/** What `--reply button=IDOK` does. */
const pressFirstButton: Answerer = ({ notification }) => {
  const button = notification.kind === "messageBox" ? notification.buttons[0] : undefined;
  return Promise.resolve(button === undefined ? null : { via: "button", reply: { kind: "button", button } });
};
