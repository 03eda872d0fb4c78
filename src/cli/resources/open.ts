import { loadResources, type Resources } from "../../notifications/strings/load-string-tables.js";
import { defaultStringTables } from "../../notifications/strings/string-tables.js";
import { DriverFolder } from "../../resources/driver-folder.js";
import type { Notice } from "../../pan/connection-options.js";
import type { ResourceSettings } from "../options/resource-options.js";

/** What `--resources` names, or the default strings. Throws a UsageError when it cannot be read. */
export async function openResources({ path, language }: ResourceSettings, notice: Notice): Promise<Resources> {
  const warn = (text: string): void => notice(text, "warn");
  if (path !== null) return loadResources(path, { language, warn });
  return { strings: defaultStringTables, drivers: new DriverFolder([], language, warn) };
}
