import { release } from "node:os";
import type { ConnectionOptions } from "../../pan/connection-options.js";
import { version } from "../version.js";

/** What the first line of a trace tells beside the versions of everything. */
export interface TraceSubject {
  /** The arguments of the command, its name first and without a hook. */
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
    args: withoutSecrets(args),
    connection,
    environment: Object.fromEntries(VARIABLES.map((name) => [name, env[name] ?? null])),
  };
}

/** Options whose value may be a password that slipped into the wrong place. */
const SECRET_OPTIONS = ["--auth-file", "-A", "--password-file", "--password-command"];

function withoutSecrets(args: readonly string[]): string[] {
  return args.map((arg, i) => {
    if (SECRET_OPTIONS.includes(args[i - 1] ?? "")) return "…";
    const option = SECRET_OPTIONS.find((name) => arg.startsWith(name.startsWith("--") ? `${name}=` : name));
    return option === undefined || arg === option ? arg : `${option}=…`;
  });
}
