import type { Command } from "commander";
import { localeLanguage, wantedLanguage } from "../../resources/languages.js";
import { parsed, text } from "./parsers.js";

/** Where the texts and pictures come from that notifications only name. */
export interface ResourceSettings {
  /** A file or folder of string tables and driver files. */
  readonly path: string | null;
  /** The language to take where a file has several, as an identifier ([MS-LCID] 2.2). */
  readonly language: number;
}

/** What commander makes of these options. */
export interface ResourceFlags {
  resources?: string;
  lang?: number;
}

/** Adds these options to the group that is open. */
export function addResourceOptions(command: Command): Command {
  return command
    .addOption(parsed("--resources <file|dir>", "driver files and string tables, for texts given as numbers", text))
    .addOption(
      parsed("--lang <tag>", "the language of those texts: de, pt-BR (default: the locale's)", wantedLanguage),
    );
}

/** These options with their defaults. */
export function resourceSettings(flags: ResourceFlags): ResourceSettings {
  return { path: flags.resources ?? null, language: flags.lang ?? localeLanguage(process.env) };
}
