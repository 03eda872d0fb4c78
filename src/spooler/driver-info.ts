import { readInfoStructures } from "./info-buffer.js";

/** A printer driver that is installed on a server. */
export interface PrinterDriver {
  readonly name: string;
  /** `Windows x64`, `Windows NT x86` … */
  readonly environment: string;
  /** Its files, as names or whole paths: driver, data, configuration module, help, and what they depend on. */
  readonly files: readonly string[];
}

/** cVersion and the offsets of nine members. */
const SIZE = 40;

/** Reads `count` structures _DRIVER_INFO_3 ([MS-RPRN] 2.2.2.4.3). Throws a DecodeError. */
export function decodeDrivers(buffer: Uint8Array, count: number): PrinterDriver[] {
  return readInfoStructures(buffer, { name: "_DRIVER_INFO_3", count, size: SIZE }, (structure) => {
    structure.u32("cVersion");
    const name = structure.string("NameOffset") ?? "";
    const environment = structure.string("EnvironmentOffset") ?? "";
    const single = ["DriverPathOffset", "DataFileOffset", "ConfigFileOffset", "HelpFileOffset"];
    const files = single.map((field) => structure.string(field) ?? "");
    files.push(...structure.strings("DependentFilesOffset"));
    return { name, environment, files: [...new Set(files.filter((file) => file !== ""))] };
  });
}
