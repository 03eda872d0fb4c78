import { hex32 } from "../bytes/hex.js";
import { HresultError, NoInterfaceError } from "../errors.js";
import { openConnection, type ConnectRequest } from "../pan/connect.js";
import { HRESULTS, hresultName } from "../pan/hresults.js";
import { invoke } from "../pan/invoke.js";
import { serverPath } from "../pan/printer-path.js";
import type { Association } from "../rpc/association.js";
import { decodeDrivers, type PrinterDriver } from "./driver-info.js";
import { enumerate } from "./enumerate.js";
import {
  ALL_ENVIRONMENTS,
  IRemoteWinspool,
  PRINTER_ENUM_LOCAL,
  PRINTER_ENUM_SHARED,
  rpcAsyncEnumPrinterDrivers,
  rpcAsyncEnumPrinters,
  rpcEnumPrinterDrivers,
  rpcEnumPrinters,
  winspool,
} from "./idl.js";
import { decodePrinters, type Printer } from "./printer-info.js";

/** The interfaces of a spooler with their methods, the one to ask first in front. */
export const INTERFACES = [
  { iface: IRemoteWinspool, enumPrinters: rpcAsyncEnumPrinters, enumDrivers: rpcAsyncEnumPrinterDrivers },
  { iface: winspool, enumPrinters: rpcEnumPrinters, enumDrivers: rpcEnumPrinterDrivers },
] as const;

type Methods = (typeof INTERFACES)[number];

/**
 * The queues that a server shares, in its order. Opens an association of its own for it, at privacy level as [MS-PAR] 3.2.3
 * demands, and closes it. A server without MS-PAR is asked by MS-RPRN. Throws what `openConnection` throws, a
 * HresultError, FaultError, DecodeError, ProtocolError or TooLargeError.
 */
export function enumeratePrinters(request: ConnectRequest): Promise<Printer[]> {
  return bySome(request, (methods) => enumeratePrintersBy(methods, request));
}

/** The same by one of the interfaces. */
export function enumeratePrintersBy(methods: Methods, request: ConnectRequest): Promise<Printer[]> {
  return ask(methods, request, listPrinters);
}

/** The drivers that a server has for its queues and their clients, in all environments; errors as with queues. */
export function enumerateDrivers(request: ConnectRequest): Promise<PrinterDriver[]> {
  return bySome(request, (methods) => ask(methods, request, listDrivers));
}

/** Asks by the first interface that the server has. */
async function bySome<T>({ notice }: ConnectRequest, by: (methods: Methods) => Promise<T>): Promise<T> {
  let missing: unknown;
  for (const methods of INTERFACES) {
    try {
      return await by(methods);
    } catch (error) {
      if (!(error instanceof NoInterfaceError)) throw error;
      notice(error.message, "verbose");
      missing = error;
    }
  }
  throw missing;
}

type List<T> = (association: Association, methods: Methods, server: string, signal: AbortSignal) => Promise<T>;

async function ask<T>(methods: Methods, request: ConnectRequest, list: List<T>): Promise<T> {
  const options = { ...request.options, level: "privacy" } as const;
  const connection = await openConnection({ ...request, options, iface: methods.iface });
  try {
    return await list(connection.association, methods, request.target.server, request.signal);
  } finally {
    await connection.close();
  }
}

/** The queues that a server shares, asked for on an association with one of its interfaces; errors as above. */
export async function listPrinters(
  association: Association,
  { iface, enumPrinters }: Methods,
  server: string,
  signal: AbortSignal,
): Promise<Printer[]> {
  const what = { Flags: PRINTER_ENUM_LOCAL | PRINTER_ENUM_SHARED, Name: serverPath(server), Level: 1 };
  const { buffer, count } = await enumerate(enumPrinters.name, async (sent) => {
    const values = { ...what, pPrinterEnum: sent, cbBuf: sent?.length ?? 0 };
    const out = await invoke(association, iface, enumPrinters, values, { signal });
    return { buffer: out.pPrinterEnum, needed: out.pcbNeeded, returned: out.pcReturned, result: out.result };
  }).catch((error: unknown) => {
    throw nameRefusal(error, server) ?? error;
  });
  return decodePrinters(buffer, count);
}

/** The drivers that a server has, asked for on an association with one of its interfaces; errors as above. */
export async function listDrivers(
  association: Association,
  { iface, enumDrivers }: Methods,
  server: string,
  signal: AbortSignal,
): Promise<PrinterDriver[]> {
  const what = { pName: serverPath(server), pEnvironment: ALL_ENVIRONMENTS, Level: 3 };
  const { buffer, count } = await enumerate(enumDrivers.name, async (sent) => {
    const values = { ...what, pDrivers: sent, cbBuf: sent?.length ?? 0 };
    const out = await invoke(association, iface, enumDrivers, values, { signal });
    return { buffer: out.pDrivers, needed: out.pcbNeeded, returned: out.pcReturned, result: out.result };
  }).catch((error: unknown) => {
    throw nameRefusal(error, server) ?? error;
  });
  return decodeDrivers(buffer, count);
}

/** What a server says that was reached by a name which its spooler does not take for its own ([MS-RPRN] 3.1.4.1.4). */
function nameRefusal(error: unknown, server: string): HresultError | null {
  const codes: readonly number[] = [HRESULTS.ERROR_INVALID_NAME, HRESULTS.ERROR_INVALID_PRINTER_NAME];
  if (!(error instanceof HresultError) || !codes.includes(error.hresult)) return null;
  const code = `${hex32(error.hresult)} (${hresultName(error.hresult)})`;
  return new HresultError(
    error.method,
    error.hresult,
    `${error.method} answered ${code}: the server has no such name as ${server}`,
    {
      cause: error,
      hint: "use the server's own name, with connection.targetIp where it does not resolve",
      meaning: "final",
    },
  );
}
