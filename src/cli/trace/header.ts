import { release } from "node:os";
import type { ConnectionOptions } from "../../pan/connection-options.js";
import { version } from "../version.js";

/** What the first line of a trace tells beside the versions of everything. */
export interface TraceSubject {
  /** The arguments of the command, its name first and without a hook. They hold no secret. */
  readonly args: readonly string[];
  /** The options of the connection with their defaults. */
  readonly connection: ConnectionOptions;
}

/** Variables that Kerberos is configured with; all of them are names of files and caches. */
const VARIABLES = ["KRB5CCNAME", "KRB5_CONFIG"] as const;

/** The fields of the first line: whoever reads the trace knows what ran, where, and how it was told to connect. */
export function headerFields({ args, connection }: TraceSubject, env = process.env): object {
  return {
    panwatch: version(),
    node: process.version,
    openssl: process.versions.openssl,
    platform: `${process.platform} ${process.arch}`,
    os: release(),
    args,
    connection,
    environment: Object.fromEntries(VARIABLES.map((name) => [name, env[name] ?? null])),
  };
}
