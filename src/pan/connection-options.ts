import type { AuthLevel } from "../security/context.js";

/** How to reach a print server; the same for all targets of a watch. */
export interface ConnectionOptions {
  /** TCP port of the print interfaces; null asks the endpoint mapper. */
  readonly port: number | null;
  readonly epmPort: number;
  readonly level: AuthLevel;
  readonly transferSyntax: "auto" | "ndr" | "ndr64";
  /** Whether calls may share a connection, where the server agrees; else each call in flight has one of its own. */
  readonly multiplex: boolean;
  /** Service principal name instead of `host/<server>`. */
  readonly spn: string | null;
  /** Address to connect to instead of what the server's name resolves to. */
  readonly targetIp: string | null;
  /** Bound on each connection: name, TCP, endpoint map, logon. Calls that park have none. */
  readonly connectTimeoutMs: number;
}

/** Tells what is worth saying beside the events: `warn` always, `verbose` with -v, `debug` with -vv. */
export type Notice = (text: string, level: "warn" | "verbose" | "debug") => void;
