import type { ConnectionOptions } from "../../pan/connection-options.js";
import { parseSpn } from "../../security/kerberos/spn.js";
import type { Printer } from "../../spooler/printer-info.js";
import { enumeratePrinters } from "../../spooler/spooler.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-codes.js";
import { openIdentities, type IdentityOptions } from "../identity.js";
import type { OutputOptions } from "../options/watch-options.js";
import { JsonEnvelopes } from "../render/envelope.js";
import { sanitise } from "../sanitise.js";
import { onStage, type Stage } from "../stage.js";
import type { Target } from "../target.js";

/** Everything that the arguments of `printers` say. */
export interface PrintersSettings {
  readonly target: Target;
  readonly identity: IdentityOptions;
  readonly connection: ConnectionOptions;
  readonly output: OutputOptions;
}

/** Runs `panwatch printers` to its end and gives the exit code. Throws why the queues cannot be had. */
export async function runPrinters(settings: PrintersSettings, context: CommandContext): Promise<number> {
  const { output, connection, target } = settings;
  if (connection.spn !== null) parseSpn(connection.spn);
  return onStage({ output, context, connection }, async (stage) => {
    const identityOf = await openIdentities(settings.identity, context.passwords, stage);
    const printers = await enumeratePrinters({
      target: { server: target.server, identity: identityOf(target) },
      options: connection,
      notice: stage.notice,
      tracer: stage.trace?.tracer,
      signal: stage.leaving,
    });
    await print(stage, target.server, printers);
    return EXIT.done;
  });
}

async function print(stage: Stage, server: string, printers: readonly Printer[]): Promise<void> {
  const lines = stage.output.format === "json" ? jsonLines(server, printers) : await columns(printers);
  for (const line of lines) stage.stdout.keep(line);
  if (printers.length === 0) stage.say(`panwatch: ${server} shares no printers with this account.`);
}

function jsonLines(server: string, printers: readonly Printer[]): string[] {
  const envelopes = new JsonEnvelopes();
  const place = { time: new Date(), server, printer: null, registration: null, channel: null };
  return printers.map(({ name, comment }) => envelopes.line("printer", place, { name, comment }));
}

/** Names in one column, comments in another. */
async function columns(printers: readonly Printer[]): Promise<string[]> {
  const { displayWidth } = await import("../render/width.js");
  const rows = printers.map(({ name, comment }) => ({ name: sanitise(name), comment: sanitise(comment) }));
  const width = Math.max(...rows.map(({ name }) => displayWidth(name)));
  return rows.map(({ name, comment }) => `${name}${" ".repeat(width - displayWidth(name))}  ${comment}`.trimEnd());
}
