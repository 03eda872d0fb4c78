/** The methods of [MS-PAR] and [MS-RPRN] that list what a spooler has, as method tables; each has its IDL above it. */
import { countedBytes } from "../ndr/arrays.js";
import { method } from "../ndr/method.js";
import { u32, unique, wideString } from "../ndr/types.js";
import type { RpcInterface } from "../rpc/interface.js";

/** [MS-PAR] 1.9: the spooler over TCP, with an object UUID in every request and at privacy level only (2.1, 3.1.4). */
export const IRemoteWinspool: RpcInterface = {
  name: "IRemoteWinspool",
  uuid: "76f03f96-cdfd-44fc-a22c-64950a001209",
  major: 1,
  minor: 0,
  object: "9940ca8e-512f-4c58-88a9-61098d6896bd",
};

/** [MS-RPRN] 1.9: the older interface of the spooler, with the same methods under other names. */
export const winspool: RpcInterface = {
  name: "winspool",
  uuid: "12345678-1234-abcd-ef00-0123456789ab",
  major: 1,
  minor: 0,
};

/*
 * DWORD RpcAsyncEnumPrinters(
 *   [in] handle_t hRemoteBinding,               // the binding itself, not on the wire; not there in RpcEnumPrinters
 *   [in] DWORD Flags,
 *   [in, string, unique] wchar_t* Name,         // in RpcEnumPrinters STRING_HANDLE, which is on the wire all the same
 *   [in] DWORD Level,
 *   [in, out, unique, size_is(cbBuf)] unsigned char* pPrinterEnum,
 *   [in] DWORD cbBuf,
 *   [out] DWORD* pcbNeeded,
 *   [out] DWORD* pcReturned);
 */
const enumPrinters = {
  in: { Flags: u32, Name: unique(wideString), Level: u32, pPrinterEnum: unique(countedBytes), cbBuf: u32 },
  out: { pPrinterEnum: unique(countedBytes), pcbNeeded: u32, pcReturned: u32, result: u32 },
} as const;

/** [MS-PAR] 3.1.4.1.21 */
export const rpcAsyncEnumPrinters = method("RpcAsyncEnumPrinters", 38, enumPrinters);

/** [MS-RPRN] 3.1.4.2.1 */
export const rpcEnumPrinters = method("RpcEnumPrinters", 0, enumPrinters);

/*
 * DWORD RpcAsyncEnumPrinterDrivers(
 *   [in] handle_t hRemoteBinding,               // as above
 *   [in, string, unique] wchar_t* pName,
 *   [in, string, unique] wchar_t* pEnvironment,
 *   [in] DWORD Level,
 *   [in, out, unique, size_is(cbBuf)] unsigned char* pDrivers,
 *   [in] DWORD cbBuf,
 *   [out] DWORD* pcbNeeded,
 *   [out] DWORD* pcReturned);
 */
const enumPrinterDrivers = {
  in: {
    pName: unique(wideString),
    pEnvironment: unique(wideString),
    Level: u32,
    pDrivers: unique(countedBytes),
    cbBuf: u32,
  },
  out: { pDrivers: unique(countedBytes), pcbNeeded: u32, pcReturned: u32, result: u32 },
} as const;

/** [MS-PAR] 3.1.4.2.3 */
export const rpcAsyncEnumPrinterDrivers = method("RpcAsyncEnumPrinterDrivers", 40, enumPrinterDrivers);

/** [MS-RPRN] 3.1.4.4.2 */
export const rpcEnumPrinterDrivers = method("RpcEnumPrinterDrivers", 10, enumPrinterDrivers);

/** Drivers for every environment that the server has some for ([MS-RPRN] 3.1.4.4.2). */
export const ALL_ENVIRONMENTS = "all";

/** What to list ([MS-RPRN] 2.2.3.7): the server's own printers, those of the server that is named, only shared ones. */
export const PRINTER_ENUM_LOCAL = 0x02;
export const PRINTER_ENUM_NAME = 0x08;
export const PRINTER_ENUM_SHARED = 0x20;

/** Win32 results of both methods ([MS-ERREF] 2.2). */
export const WIN32_ERRORS = {
  insufficientBuffer: 122,
  invalidName: 123,
  invalidLevel: 124,
} as const;
