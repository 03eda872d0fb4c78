import { Option, type Command } from "commander";
import { UsageError } from "../../errors.js";
import type { AuthLevel } from "../../security/context.js";
import type { ConnectionOptions } from "../../pan/connection-options.js";
import { DEFAULT_CONNECTION } from "../../pan/defaults.js";
import { parsePositiveDuration } from "../durations.js";
import { choice, parsed, port, text } from "./parsers.js";

/** What commander makes of the connection options. */
export interface ConnectionFlags {
  port?: number;
  epmPort?: number;
  authLevel?: AuthLevel;
  transferSyntax?: ConnectionOptions["transferSyntax"];
  spn?: string;
  targetIp?: string;
  connectTimeout?: number;
  /** False with `--no-multiplex`. */
  multiplex?: boolean;
}

/** Adds the options that say how a server is reached. */
export function addConnectionOptions(command: Command): Command {
  return command
    .optionsGroup("Connection:")
    .addOption(parsed("--port <n>", "the interfaces' TCP port, without asking the endpoint mapper", port))
    .addOption(parsed("--epm-port <n>", "the endpoint mapper's port (default 135)", port))
    .addOption(choice("--auth-level <level>", "privacy (default), integrity or packet", LEVELS))
    .addOption(choice("--transfer-syntax <syntax>", "auto (default); ndr, ndr64 for diagnosis", SYNTAXES))
    .addOption(parsed("--spn <name>", "service principal name (default host/<server>)", text))
    .addOption(parsed("--target-ip <addr>", "connect to this address; the server's name stays in use", parseAddress))
    .addOption(parsed("--connect-timeout <time>", "give up connecting after (default 10s)", parsePositiveDuration))
    .addOption(new Option("--no-multiplex", "give each call in flight a connection of its own"));
}

const LEVELS: readonly AuthLevel[] = ["privacy", "integrity", "packet"];
const SYNTAXES: readonly ConnectionOptions["transferSyntax"][] = ["auto", "ndr", "ndr64"];

/** The connection options with their defaults; times in milliseconds. Throws a UsageError. */
export function connectionOptions(flags: ConnectionFlags): ConnectionOptions {
  if (flags.port !== undefined && flags.epmPort !== undefined) {
    throw new UsageError("--port skips the endpoint mapper, so --epm-port has no meaning beside it.");
  }
  const { port, epmPort, level, transferSyntax, multiplex, spn, targetIp, connectTimeoutMs } = DEFAULT_CONNECTION;
  return {
    port: flags.port ?? port,
    epmPort: flags.epmPort ?? epmPort,
    level: flags.authLevel ?? level,
    transferSyntax: flags.transferSyntax ?? transferSyntax,
    multiplex: flags.multiplex ?? multiplex,
    spn: flags.spn ?? spn,
    targetIp: flags.targetIp ?? targetIp,
    connectTimeoutMs: flags.connectTimeout ?? connectTimeoutMs,
  };
}

function parseAddress(name: string, value: string): string {
  const address = /^\[(.*)\]$/.exec(value)?.[1] ?? value;
  if (/^[0-9.]+$/.test(address) || /^[0-9a-f:]*:[0-9a-f:.]*(%[0-9a-z._-]+)?$/i.test(address)) return address;
  throw new UsageError(`${name} takes an IPv4 or IPv6 address.`);
}
