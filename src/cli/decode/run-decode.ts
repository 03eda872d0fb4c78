import type { Guid } from "../../bytes/guid.js";
import { decodeUtf16 } from "../../bytes/utf16.js";
import { PanwatchError } from "../../errors.js";
import { ASYNC_UI, knownType, NOTIFICATION_TYPES } from "../../notifications/notification-types.js";
import type { EventOrigin, WatchEvent } from "../../watch/events.js";
import { Replay, type RecordedNotification } from "../../watch/replay.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-codes.js";
import type { ReplyOptions } from "../options/reply-options.js";
import type { OutputOptions } from "../options/watch-options.js";
import type { ResourceSettings } from "../options/resource-options.js";
import { MissingFiles } from "../resources/missing-files.js";
import { openResources } from "../resources/open.js";
import { onStage, type Stage } from "../stage.js";
import { openAnswering } from "../watch/answering.js";
import { openPrinting } from "../watch/printing.js";
import { encodingHint, readSaved, wireBytes, type Encoding } from "./saved-bytes.js";
import { savedLines, type SavedLine } from "./saved-lines.js";

/** Everything that the arguments of `decode` say. */
export interface DecodeSettings {
  /** `-` is standard input. */
  readonly file: string;
  readonly encoding: Encoding;
  /** Null: told by the root element. */
  readonly type: Guid | null;
  readonly printer: string | null;
  readonly resources: ResourceSettings;
  readonly reply: ReplyOptions;
  readonly output: OutputOptions;
}

/**
 * Prints saved notifications as `watch` would, and what would be answered. Throws, once they are printed, when one breaks
 * a rule of its format.
 */
export async function runDecode(settings: DecodeSettings, context: CommandContext): Promise<number> {
  return onStage({ output: settings.output, context }, (stage) => decodeOn(stage, settings));
}

async function decodeOn(stage: Stage, settings: DecodeSettings): Promise<number> {
  const resources = await openResources(settings.resources, stage.notice);
  const answering = await openAnswering(settings.reply, stage);
  const saved = await readSaved(settings.file, stage.leaving);
  const printing = await openPrinting(stage, {
    answerCommand: null,
    exitCode: () => EXIT.done,
    manyTargets: false,
    drivers: resources.drivers,
  });
  const replay = new Replay(notificationsOf(saved, settings, stage), {
    ...{ kinds: null, accept: null, limit: null, strings: resources.strings, answer: answering.answerer },
    pause: () => stage.stdout.flush(),
    beforeEnd: () => Promise.resolve(),
  });
  const missing = new MissingFiles(resources.drivers, stage.notice);
  let problem: string | null = null;
  for await (const event of replay.events) {
    const line = printing.json.lineOf(knownOrigin(event), event);
    printing.printer.print(event, line);
    answering.printed(event, line);
    if (event.type !== "notification") continue;
    missing.see(event.notification);
    if (event.notification.kind === "unknown") problem ??= event.notification.problem;
  }
  await replay.outcome;
  if (problem === null) return EXIT.done;
  const hint = encodingHint(saved, settings.encoding);
  throw new PanwatchError("decode", `The notification does not comply: ${problem}.`, hint);
}

/** Where the file stands for a server and a channel that are not known, there are none. */
function knownOrigin(event: WatchEvent): Omit<EventOrigin, "server"> & { server: string | null } {
  return event.registration === null ? { ...event, server: null, channel: null } : event;
}

function notificationsOf(saved: Uint8Array, settings: DecodeSettings, stage: Stage): RecordedNotification[] {
  const { file, encoding, printer } = settings;
  const server = file === "-" ? "standard input" : file;
  const lines = encoding === "auto" && settings.type === null ? savedLines(saved, server) : null;
  if (lines !== null) return found(lines, stage);
  const isXml = settings.type === null || knownType(settings.type) !== null;
  const data = wireBytes(saved, encoding, isXml);
  const type = settings.type ?? guessType(data);
  // A message box can be asked about only on a channel.
  const origin = { time: new Date(), server, printer, registration: null, channel: "c1" };
  return [{ origin, raw: { type, data, result: 0 } }];
}

/** The notifications among lines; says what of them was left out. */
function found(lines: readonly SavedLine[], stage: Stage): RecordedNotification[] {
  const count = (what: SavedLine): number => lines.filter((line) => line === what).length;
  const [cut, unreadable] = [count("cut"), count("unreadable")];
  if (cut > 0) stage.notice(`notifications that the trace does not hold as a whole: ${cut}`, "warn");
  if (unreadable > 0) stage.notice(`lines that could not be read and are skipped: ${unreadable}`, "warn");
  const notifications = lines.filter((line) => typeof line !== "string");
  if (notifications.length > 0) return notifications;
  throw new PanwatchError("decode", "There is no notification in these lines.");
}

/** The type that has this root element; everything else is taken for AsyncUI. */
function guessType(bytes: Uint8Array): Guid {
  const root = /<(?:[^\s<>!?/:]+:)?([^\s<>!?/:]+)/.exec(decodeUtf16(bytes.subarray(0, 65_536)))?.[1];
  return NOTIFICATION_TYPES.find((type) => type.root === root)?.guid ?? ASYNC_UI;
}
