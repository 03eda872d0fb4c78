import { UsageError } from "../../errors.js";
import { PrintServer } from "../../print-server/print-server.js";
import { aborted } from "../../waiting.js";
import type { CommandContext } from "../command.js";
import type { Diagnostics } from "../diagnostics.js";
import { EXIT } from "../exit-codes.js";
import { outputOptions } from "../options/watch-options.js";
import { escapeJson } from "../sanitise.js";
import { onStage, type Stage } from "../stage.js";
import { openAccounts, type ServeAccount } from "./accounts.js";
import { eventLine } from "./event-lines.js";
import { readLines } from "./lines.js";
import { ServeSession } from "./session.js";

export interface ServeOptions {
  readonly listen: string;
  readonly port: number;
  readonly epmPort: number | null;
  readonly users: readonly string[];
  readonly passwordFiles: readonly string[];
  /** Null for any. */
  readonly printers: readonly string[] | null;
  readonly admins: readonly string[];
}

/** Bytes of the longest line of input: 10 MiB of data as base64, and room around it. */
const MAX_LINE = 32 * 2 ** 20;

/** Runs the embedded print server until a signal comes or nobody reads stdout any more; the exit code. */
export async function runServe(options: ServeOptions, context: CommandContext): Promise<number> {
  return onStage({ output: outputOptions({}), context }, (stage) => serveOn(stage, options, context));
}

async function serveOn(stage: Stage, options: ServeOptions, { passwords }: CommandContext): Promise<number> {
  const { stdout, leaving } = stage;
  const accounts = await openAccounts(options.users, options.passwordFiles, passwords, leaving);
  await using server = await start(options, accounts);
  stdout.describeGap = ({ count }) => JSON.stringify({ type: "gap", lines: count });
  const answer = (line: object): void => stdout.keep(lineText(line));

  const { address, port, epmPort } = server;
  answer({ type: "ready", address, port, epmPort, users: accounts.map(({ shown }) => shown) });
  introduce(server, accounts, stage.diagnostics);
  const session = new ServeSession(server);
  server.on((event) => {
    const time = new Date();
    const line = eventLine(event, time);
    if (line !== null) stdout.write({ text: lineText(line), about: "", time, last: false });
    session.follow(event);
  });
  void obey(session, leaving, answer);
  await aborted(leaving);
  process.stdin.destroy();
  return EXIT.done;
}

function lineText(line: object): string {
  return escapeJson(JSON.stringify(line));
}

async function start(options: ServeOptions, users: readonly ServeAccount[]): Promise<PrintServer> {
  const { listen, port, epmPort, printers, admins } = options;
  try {
    return await PrintServer.start({ listen, port, epmPort, printers, admins, users });
  } catch (error) {
    throw listenError(error, listen);
  }
}

/** Answers the lines of stdin until it ends, which ends nothing else. */
async function obey(session: ServeSession, end: AbortSignal, answer: (line: object) => void): Promise<void> {
  try {
    for await (const line of readLines(process.stdin, MAX_LINE)) {
      if (line.kind === "too-long") answer({ type: "error", message: `A line is longer than ${MAX_LINE} bytes.` });
      else if (line.text.trim() !== "") answer(await session.run(line.text, end));
      if (end.aborted) return;
    }
  } catch (error) {
    if (!end.aborted) throw error;
  }
}

function introduce(server: PrintServer, accounts: readonly ServeAccount[], diagnostics: Diagnostics): void {
  const { address, port, epmPort } = server;
  const mapper = epmPort === null ? "" : `, endpoint mapper on port ${epmPort}`;
  const reach = isLoopback(address)
    ? "only this machine can connect (--listen opens it to others)"
    : "other machines can connect";
  diagnostics.line(`panwatch: serving on ${address}, port ${port}${mapper}: ${reach}.`);
  for (const { shown, password, made } of accounts)
    if (made) diagnostics.line(`panwatch: the user ${shown} was made for this run, with the password ${password}`);
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

const LISTEN_PROBLEMS: Readonly<Record<string, { readonly problem: string; readonly hint: string }>> = {
  EADDRINUSE: { problem: "is in use", hint: "Choose another port, or 0 for any free one." },
  EACCES: { problem: "may not be listened on", hint: "Ports below 1024 are for administrators: choose a higher one." },
  EADDRNOTAVAIL: { problem: "is not on this machine", hint: "--listen takes one of its own addresses." },
  ENOTFOUND: { problem: "cannot be found", hint: "--listen takes an IP address of this machine." },
};

function listenError(error: unknown, address: string): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const known = LISTEN_PROBLEMS[String(error.code)];
  if (known === undefined) return error;
  const what = "port" in error ? `port ${String(error.port)} of address ${address}` : `address ${address}`;
  return new UsageError(`The ${what} ${known.problem}.`, { hint: known.hint, cause: error });
}
