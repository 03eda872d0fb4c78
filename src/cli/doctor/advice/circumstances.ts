import { UnreachableError, type PanwatchError } from "../../../errors.js";
import type { KerberosUse } from "../../../security/identity.js";
import type { ConnectionOptions } from "../../../pan/connection-options.js";

/** What advice depends on beside the error. */
export interface Circumstances {
  /** The server's name as the user gave it. */
  readonly server: string;
  readonly printer: string | null;
  readonly connection: ConnectionOptions;
  readonly kerberos: KerberosUse;
}

/** Where Windows keeps what decides about remote access to its spooler. */
export const POLICIES = "HKLM\\Software\\Policies\\Microsoft\\Windows NT\\Printers";
export const RPC_POLICIES = `${POLICIES}\\RPC`;
export const PRINT_CONTROL = "HKLM\\System\\CurrentControlSet\\Control\\Print";

/** Inbound rules of the Windows firewall. */
export const MAPPER_RULE = '"File and Printer Sharing (Spooler Service - RPC-EPMAP)"';
export const SPOOLER_RULE = '"File and Printer Sharing (Spooler Service - RPC)"';

/** How a connection could not be made: something said no, or nothing answered. */
export type Silence = "refused" | "silent";

export function silenceOf(error: PanwatchError): Silence {
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === "ECONNREFUSED" || code === "ECONNRESET" ? "refused" : "silent";
}

/** Whether a server answered nothing in the time there was, or went away. */
export function wasCutOff(error: PanwatchError): boolean {
  return error instanceof UnreachableError || error.code === "disconnected";
}
