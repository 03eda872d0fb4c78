import type { TransferSyntax } from "../ndr/syntax.js";
import type { AuthLevel } from "../security/context.js";

/** An account that may log on, from whatever domain it says it is of. */
export interface ServerUser {
  /** Without a domain. */
  readonly name: string;
  readonly password: string;
}

/** How to run a print server. What is left out is as Windows has it. */
export interface PrintServerOptions {
  readonly users: readonly ServerUser[];
  /** The address to listen on; 127.0.0.1. */
  readonly listen?: string;
  /** The TCP port; 0 for any free one. */
  readonly port?: number;
  /** The port of an endpoint mapper, 0 for any free one; null for none. */
  readonly epmPort?: number | null;
  /** The least level of a logon to the endpoint mapper; left out, it answers everybody. */
  readonly epmMinLevel?: AuthLevel;
  /** The queues of the server, all of them shared; null, the default, takes registrations for any name and lists none. */
  readonly printers?: readonly string[] | null;
  /** Accounts that may register for the notifications of all users. */
  readonly admins?: readonly string[];
  /** What is spoken, preferred first: NDR64, then NDR. */
  readonly transferSyntaxes?: readonly TransferSyntax[];
  /** Whether several calls may share a connection. */
  readonly multiplexing?: boolean;
  readonly headerSigning?: boolean;
  /** Whether bind-time feature negotiation is known. */
  readonly featureNegotiation?: boolean;
  /** The least level of authentication; packet ([MS-PAN] 2.1). Hardened servers demand privacy. */
  readonly minLevel?: AuthLevel;
  /** Bytes of the largest fragment; 5840. */
  readonly maxFragment?: number;
  /** Whether faults of methods are signed. */
  readonly signFaults?: boolean;
  /** Whether the NTLM CHALLENGE holds the time, and so asks for a MIC. */
  readonly timestamp?: boolean;
  /** Notifications kept for a client that does not ask for them; 100. */
  readonly queueLimit?: number;
  readonly maxRegistrations?: number;
  /** Connections that are served at the same time; of more the oldest that has not logged on goes, else the new one. */
  readonly maxConnections?: number;
  /** Told of bugs of this server, which end one connection; without it they are thrown. */
  readonly onBug?: (error: unknown) => void;
}
