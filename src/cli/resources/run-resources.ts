import { posix } from "node:path";
import type { ConnectionOptions } from "../../pan/connection-options.js";
import { openLogon } from "../../security/logon.js";
import { enumerateDrivers } from "../../spooler/spooler.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { openIdentities, type IdentityOptions } from "../identity.js";
import type { OutputOptions } from "../options/watch-options.js";
import { JsonEnvelopes } from "../render/envelope.js";
import { shellCommand } from "../render/shell-quote.js";
import { onStage, type Stage } from "../stage.js";
import type { Target } from "../target.js";
import { fetchFiles, getCommand, MAX_FILE, type FetchState } from "./fetch.js";
import { MAX_FILES, shareFiles, type ShareFile } from "./share-files.js";
import { NoSmbclientError, smbclient, smbclientArguments, type Share } from "./smbclient.js";

/** Everything that the arguments of `resources` say. */
export interface ResourcesSettings {
  readonly target: Target;
  readonly folder: string;
  readonly identity: IdentityOptions;
  readonly connection: ConnectionOptions;
  readonly output: OutputOptions;
}

/** Runs `panwatch resources` to its end and gives the exit code. Throws why the files cannot be had. */
export async function runResources(settings: ResourcesSettings, context: CommandContext): Promise<number> {
  const { output, connection } = settings;
  return onStage({ output, context, connection }, (stage) => fetchOn(stage, settings, context));
}

async function fetchOn(stage: Stage, settings: ResourcesSettings, context: CommandContext): Promise<number> {
  const { target, folder, connection } = settings;
  const { server } = target;
  const { notice, leaving: signal } = stage;
  const identity = (await openIdentities(settings.identity, context.passwords, stage))(target);
  // One logon asks for the drivers and gives smbclient its credentials: its tickets must live until both are done.
  await using logon = await openLogon(identity, { server, spn: connection.spn, signal, notice });
  const tracer = stage.trace?.tracer;
  const request = { target: { server, identity }, options: connection, notice, tracer, signal, logon };
  const found = shareFiles(await enumerateDrivers(request));
  const files = found.slice(0, MAX_FILES);
  if (found.length > files.length) notice(`of ${found.length} files, ${MAX_FILES} are fetched`, "warn");
  if (files.length === 0) stage.say(`panwatch: the drivers of ${server} have no files that notifications could name.`);
  const { targetIp } = connection;
  const share = { server, targetIp, account: identity, credential: await logon.credential() };
  try {
    const run = (commands: readonly string[]) => smbclient(share, commands, { maxFile: MAX_FILE, signal });
    const fetched = await fetchFiles(files, folder, run);
    print(stage, server, fetched);
    return fetched.every(({ state }) => state === "fetched" || state === "unchanged") ? EXIT.done : EXIT.failure;
  } catch (error) {
    if (!(error instanceof NoSmbclientError)) throw error;
    if (stage.output.format === "json") printJson(stage, server, files.map(listed));
    else for (const line of shellLines(share, files, folder)) stage.stdout.keep(line);
    throw error;
  }
}

/** A file, and what became of it: `listed` where nothing could be fetched. */
interface Row {
  readonly file: ShareFile;
  readonly state: FetchState | "listed";
  readonly size: number | null;
}

function listed(file: ShareFile): Row {
  return { file, state: "listed", size: null };
}

function print(stage: Stage, server: string, rows: readonly Row[]): void {
  if (stage.output.format === "json") return printJson(stage, server, rows);
  for (const { file, state, size } of rows) {
    const bytes = size === null ? "" : `  ${size} bytes`;
    stage.stdout.keep(`${state.padEnd(9)}  ${file.target}${bytes}`);
  }
}

function printJson({ stdout }: Stage, server: string, rows: readonly Row[]): void {
  const envelopes = new JsonEnvelopes();
  const place = { time: new Date(), server, printer: null, registration: null, channel: null };
  for (const { file, state, size } of rows)
    stdout.keep(envelopes.line("resource", place, { file: file.target, path: file.path, state, size }));
}

/** What a person would type into a shell to fetch the files: a list, and the commands around it. */
function shellLines(share: Share, files: readonly ShareFile[], folder: string): string[] {
  if (files.length === 0) return [];
  const folders = new Set(files.map(({ target }) => posix.dirname(target)).filter((name) => name !== "."));
  const inside = [...folders].map((name) => shellCommand(["mkdir", "-p", "--", name]));
  return [
    `${shellCommand(["mkdir", "-p", "--", folder])} && ${shellCommand(["cd", "--", folder])}`,
    ...inside,
    `${shellCommand(["smbclient", ...smbclientArguments(share)])} <<'EOF'`,
    ...files.map((file) => getCommand(file, file.target)),
    "EOF",
  ];
}
