import { describe, expect, it } from "vitest";
import { DecodeError } from "../../src/errors.js";
import { decodeDrivers } from "../../src/spooler/driver-info.js";
import { writeInfoStructures } from "../../src/spooler/info-buffer.js";

const P = "\\\\s\\print$\\x64\\3\\";
const DRIVER = [
  3,
  "IHV",
  "Windows x64",
  `${P}a.dll`,
  `${P}a.gpd`,
  `${P}ui.dll`,
  "",
  `${P}r.dll\0${P}a.dll\0`,
  "",
  "RAW",
];

describe("_DRIVER_INFO_3 ([MS-RPRN] 2.2.2.4.3)", () => {
  it("gives name, environment and each file once, those it depends on too", () => {
    const files = [`${P}a.dll`, `${P}a.gpd`, `${P}ui.dll`, `${P}r.dll`];
    const bytes = writeInfoStructures([DRIVER, DRIVER]);
    const driver = { name: "IHV", environment: "Windows x64", files };
    expect(decodeDrivers(bytes, 2)).toEqual([driver, driver]);
  });

  it("takes what is not there for none", () => {
    expect(decodeDrivers(new Uint8Array(40), 1)).toEqual([{ name: "", environment: "", files: [] }]);
  });

  it("refuses a list of files without end, and more structures than there are", () => {
    const bytes = writeInfoStructures([[3, "", "", "", "", "", "", "a.dll\0", "", ""]]);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    expect(decodeDrivers(bytes, 1)[0]?.files).toEqual(["a.dll"]);
    const list = view.getUint32(28, true);
    // Cut behind the NUL of "a.dll", before the one that ends the list.
    expect(() => decodeDrivers(bytes.subarray(0, list + 12), 1)).toThrow(DecodeError);
    expect(() => decodeDrivers(bytes, 3)).toThrow(DecodeError);
  });
});
