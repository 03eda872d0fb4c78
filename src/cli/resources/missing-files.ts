import { DEFAULT_RESOURCE_FILE } from "../../notifications/strings/string-tables.js";
import type { Notification } from "../../notifications/model.js";
import type { Notice } from "../../pan/connection-options.js";
import type { DriverFolder } from "../../resources/driver-folder.js";

/** Files that are told of at most: a server can name as many as it likes. */
const MAX_TOLD = 100;

/** Says once of each file that the text of a notification stands in it, and where to get it. */
export class MissingFiles {
  readonly #drivers: Pick<DriverFolder, "has">;
  readonly #notice: Notice;
  readonly #told = new Set<string>();

  constructor(drivers: Pick<DriverFolder, "has">, notice: Notice) {
    this.#drivers = drivers;
    this.#notice = notice;
  }

  see(notification: Notification): void {
    if (!("strings" in notification)) return;
    for (const { stringId, dll, source } of notification.strings) {
      if (source === "none" && stringId !== null) this.#tell(stringId, dll ?? DEFAULT_RESOURCE_FILE);
    }
  }

  #tell(id: number, dll: string): void {
    const key = dll.toLowerCase();
    if (this.#told.has(key) || this.#told.size >= MAX_TOLD) return;
    this.#told.add(key);
    this.#notice(this.#drivers.has(dll) ? outdated(id, dll) : missing(id, dll), "warn");
  }
}

function outdated(id: number, dll: string): string {
  return `the file ${dll} that was given has no string ${id}: the server's may be another version`;
}

function missing(id: number, dll: string): string {
  if (dll.toLowerCase() === DEFAULT_RESOURCE_FILE.toLowerCase()) {
    return `string ${id} stands in a newer ${dll} of Windows: name the folder that holds it with --resources`;
  }
  return (
    `string ${id} stands in ${dll}, a file of the driver: fetch it from the server's print$ share ` +
    "(panwatch resources TARGET DIR) and name its folder with --resources"
  );
}
