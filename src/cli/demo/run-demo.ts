import { randomBytes } from "node:crypto";
import { defaultStringTables } from "../../notifications/strings/string-tables.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../pan/types.js";
import { PrintServer } from "../../print-server/print-server.js";
import type { Identity } from "../../security/identity.js";
import type { Answerer } from "../../watch/options.js";
import type { WatchOptions } from "../../watch/options.js";
import { Watcher } from "../../watch/watcher.js";
import { Diagnostics } from "../diagnostics.js";
import { EXIT } from "../exit-codes.js";
import type { OutputOptions } from "../options/watch-options.js";
import { exitCodeOfSignal, watchSignals, type SignalWatch } from "../signals.js";
import { openPrinting, type Printing } from "../watch/printing.js";
import { PRINTER, STORY } from "./story.js";

/** Registrations of the demo: AsyncUI in both styles, printer configuration in its one. */
const REGISTRATIONS = 3;

/** How long a scene may take, in milliseconds; reached only when something is broken. */
const PATIENCE_MS = 15_000;

/** Runs `panwatch demo` to its end and gives the exit code: 0 when everything was shown. */
export async function runDemo(output: OutputOptions): Promise<number> {
  using signals = watchSignals();
  const diagnostics = new Diagnostics(process.stderr, output.verbosity);
  const password = randomBytes(12).toString("base64url");
  await using server = await PrintServer.start({
    users: [{ name: "alice", password }],
    printers: [PRINTER],
    epmPort: 0,
  });
  const say = (text: string): void => {
    if (!output.quiet) diagnostics.line(text);
  };
  say(
    `A print server on ${server.address} (endpoint mapper at port ${server.epmPort ?? 0}, interfaces at ${server.port})`,
  );
  say("and a watcher, which finds it through the endpoint mapper, logs on with NTLM and has everything sealed:");
  let exitCode: number = EXIT.failure;
  const printing = await openPrinting({
    output,
    diagnostics,
    answerCommand: null,
    exitCode: () => exitCode,
    manyTargets: false,
  });
  await using watcher = new Watcher(watchOptions(server, password, diagnostics));
  const played = await play(server, watcher, printing, signals, (code) => (exitCode = code));
  await printing.output.flush(signals.signal);
  if (played) say(CLOSING);
  return exitCode;
}

const CLOSING =
  "That was MS-PAN over TCP, nothing was made up. Next: panwatch watch [[DOMAIN/]user@]server, or panwatch serve for a print server to play with.";

/** Plays the story scene by scene, each when the one before has been seen. Gives whether it came to its end. */
async function play(
  server: PrintServer,
  watcher: Watcher,
  { printer }: Printing,
  signals: SignalWatch,
  setExitCode: (code: number) => void,
): Promise<boolean> {
  const scenes = [...STORY];
  let scene = scenes.shift();
  let registered = 0;
  const impatience = setTimeout(() => void watcher.close("timeout"), PATIENCE_MS);
  signals.signal.addEventListener("abort", () => {
    setExitCode(exitCodeOfSignal(signals.received() ?? "SIGTERM"));
    void watcher.close(signals.received() ?? "SIGTERM");
  });
  for await (const event of watcher) {
    printer.print(event, null);
    if (event.type === "registered" && ++registered === REGISTRATIONS) scene?.play(server);
    if (scene === undefined || !scene.isOver(event)) continue;
    scene = scenes.shift();
    if (scene !== undefined) {
      scene.play(server);
      continue;
    }
    setExitCode(EXIT.done);
    void watcher.close("closed");
  }
  clearTimeout(impatience);
  return scene === undefined;
}

function watchOptions(server: PrintServer, password: string, diagnostics: Diagnostics): WatchOptions {
  const identity: Identity = {
    user: "alice",
    domain: null,
    secret: () => Promise.resolve({ kind: "password", password }),
    kerberos: "off",
    ccache: null,
    keytab: null,
  };
  return {
    targets: [{ server: server.address, printer: PRINTER, identity }],
    connection: {
      port: null,
      epmPort: server.epmPort ?? 0,
      level: "privacy",
      transferSyntax: "auto",
      spn: null,
      targetIp: null,
      connectTimeoutMs: 10_000,
    },
    types: [ASYNC_UI, PRINTER_CONFIGURATION],
    style: "both",
    userFilter: "per-user",
    kinds: null,
    accept: null,
    strings: defaultStringTables,
    retry: { limit: 0, minMs: 1000, maxMs: 60_000, waitForServer: false },
    maxSize: 16 * 2 ** 20,
    answer: pressFirstButton,
    dryRun: false,
    limit: null,
    notice: diagnostics.notice,
  };
}

/** What `--reply button=IDOK` does. */
const pressFirstButton: Answerer = ({ notification }) => {
  const button = notification.kind === "messageBox" ? notification.buttons[0] : undefined;
  return Promise.resolve(button === undefined ? null : { via: "button", reply: { kind: "button", button } });
};
