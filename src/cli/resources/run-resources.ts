import { join } from "node:path";
import type { ConnectionOptions } from "../../pan/connection-options.js";
import { parseSpn } from "../../security/kerberos/spn.js";
import { enumerateDrivers } from "../../spooler/spooler.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { openIdentities, type IdentityOptions } from "../identity.js";
import type { OutputOptions } from "../options/watch-options.js";
import { JsonEnvelopes } from "../render/envelope.js";
import { shellCommand } from "../render/shell-quote.js";
import { sanitise } from "../sanitise.js";
import { onStage, type Stage } from "../stage.js";
import type { Target } from "../target.js";
import { fetchFiles, getCommand, MAX_FILE, type Fetched } from "./fetch.js";
import { MAX_FILES, shareFiles, type ShareFile } from "./share-files.js";
import { NoSmbclientError, smbclient } from "./smbclient.js";

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
  if (connection.spn !== null) parseSpn(connection.spn);
  return onStage({ output, context, connection }, (stage) => fetchOn(stage, settings, context));
}

async function fetchOn(stage: Stage, settings: ResourcesSettings, context: CommandContext): Promise<number> {
  const { target, folder, connection } = settings;
  const { server } = target;
  const identity = (await openIdentities(settings.identity, context.passwords, stage))(target);
  const { notice, leaving: signal } = stage;
  const request = { target: { server, identity }, options: connection, notice, tracer: stage.trace?.tracer, signal };
  const found = shareFiles(await enumerateDrivers(request));
  const files = found.slice(0, MAX_FILES);
  if (found.length > files.length) stage.notice(`of ${found.length} files, ${MAX_FILES} are fetched`, "warn");
  if (files.length === 0) stage.say(`panwatch: the drivers of ${server} have no files that notifications could name.`);
  const { targetIp } = connection;
  try {
    const smb = { server, targetIp, identity, maxFile: MAX_FILE, signal };
    const fetched = await fetchFiles(files, folder, (commands) => smbclient(smb, commands));
    print(stage, server, fetched);
    return fetched.every(({ state }) => state === "fetched" || state === "unchanged") ? EXIT.done : EXIT.failure;
  } catch (error) {
    if (!(error instanceof NoSmbclientError)) throw error;
    for (const file of files) stage.stdout.keep(commandOf(server, file, folder));
    throw error;
  }
}

/** What a person would type to fetch a file. */
function commandOf(server: string, file: ShareFile, folder: string): string {
  return shellCommand(["smbclient", `//${server}/print$`, "-c", getCommand(file, join(folder, file.target))]);
}

function print({ output, stdout }: Stage, server: string, fetched: readonly Fetched[]): void {
  const envelopes = new JsonEnvelopes();
  const place = { time: new Date(), server, printer: null, registration: null, channel: null };
  for (const { file, state, size } of fetched) {
    const fields = { file: file.target, path: file.path, state, size };
    const bytes = size === null ? "" : `  ${size} bytes`;
    const line = `${state.padEnd(9)}  ${sanitise(file.target)}${bytes}`;
    stdout.keep(output.format === "json" ? envelopes.line("resource", place, fields) : line);
  }
}
