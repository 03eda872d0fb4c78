import type { Guid } from "../../bytes/guid.js";
import { decodeUtf16 } from "../../bytes/utf16.js";
import { PanwatchError } from "../../errors.js";
import { decodeNotification } from "../../notifications/decode.js";
import type { Notification } from "../../notifications/model.js";
import { ASYNC_UI, knownType, NOTIFICATION_TYPES } from "../../notifications/notification-types.js";
import type { CommandContext } from "../command.js";
import type { DriverFolder } from "../../resources/driver-folder.js";
import { EXIT } from "../exit-codes.js";
import type { OutputOptions } from "../options/watch-options.js";
import type { ResourceSettings } from "../options/resource-options.js";
import { JsonLines } from "../render/json.js";
import { openPictures } from "../render/open-pictures.js";
import { MissingFiles } from "../resources/missing-files.js";
import { openResources } from "../resources/open.js";
import { onStage, type Stage } from "../stage.js";
import { readSaved, wireBytes, type Encoding } from "./saved-bytes.js";

/** Everything that the arguments of `decode` say. */
export interface DecodeSettings {
  /** `-` is standard input. */
  readonly file: string;
  readonly encoding: Encoding;
  /** Null: told by the root element. */
  readonly type: Guid | null;
  readonly printer: string | null;
  readonly resources: ResourceSettings;
  readonly output: OutputOptions;
}

/**
 * Prints a saved notification as `watch` would. Throws, once it is printed, when it breaks a rule of its format.
 */
export async function runDecode(settings: DecodeSettings, context: CommandContext): Promise<number> {
  return onStage({ output: settings.output, context }, (stage) => decodeOn(stage, settings));
}

async function decodeOn(stage: Stage, settings: DecodeSettings): Promise<number> {
  const { file, encoding, printer, resources } = settings;
  const { strings, drivers } = await openResources(resources, stage.notice);
  const isXml = settings.type === null || knownType(settings.type) !== null;
  const bytes = wireBytes(await readSaved(file, stage.leaving), encoding, isXml);
  const type = settings.type ?? guessType(bytes);
  const notification = decodeNotification(type, bytes, { strings, printerName: printer });
  stage.stdout.keep(await shown(stage, notification, settings, drivers));
  new MissingFiles(drivers, stage.notice).see(notification);
  if (notification.kind === "unknown" && notification.problem !== null) {
    throw new PanwatchError("decode", `The notification does not comply: ${notification.problem}.`);
  }
  return EXIT.done;
}

/** The type that has this root element; everything else is taken for AsyncUI. */
function guessType(bytes: Uint8Array): Guid {
  const root = /<(?:[^\s<>!?/:]+:)?([^\s<>!?/:]+)/.exec(decodeUtf16(bytes.subarray(0, 65_536)))?.[1];
  return NOTIFICATION_TYPES.find((type) => type.root === root)?.guid ?? ASYNC_UI;
}

const ID = "n1";

async function shown(
  stage: Stage,
  notification: Notification,
  { file, printer }: DecodeSettings,
  drivers: DriverFolder,
): Promise<string> {
  const { pngOf, lines } = await openPictures(stage, drivers);
  const origin = { time: new Date(), server: null, printer, registration: null, channel: null };
  const event = { type: "notification", id: ID, notification } as const;
  switch (stage.output.format) {
    case "json":
      return new JsonLines(() => EXIT.done, pngOf).lineOf(origin, event);
    case "line":
      return (await import("../render/line.js")).lineText({ ...origin, server: file, ...event });
    case "pretty": {
      const [{ layOut }, { notificationEntry }, { chalk, columns }] = await Promise.all([
        import("../render/pretty/layout.js"),
        import("../render/pretty/notification.js"),
        stage.paper(process.stdout),
      ]);
      const place = file === "-" ? "" : `from ${file}`;
      const picture = lines?.(notification, columns()) ?? [];
      const entry = { ...notificationEntry(ID, notification, null), picture };
      return layOut(entry, origin.time, place, { chalk, columns: columns() });
    }
  }
}
