import { describe, expect, it } from "vitest";
import { shareFiles } from "../../../src/cli/resources/share-files.js";

const driver = (environment: string, ...files: string[]) => ({ name: "IHV", environment, files });

describe("files of print$ that notifications can name", () => {
  it("are those with resources, by name, language files in their folder", () => {
    const files = [
      "\\\\s\\print$\\x64\\3\\IHV.dll",
      "\\\\S\\PRINT$\\x64\\3\\de-DE\\IHV.dll.mui",
      "\\\\s\\print$\\x64\\3\\IHV.gpd",
    ];
    expect(shareFiles([driver("Windows x64", ...files)])).toEqual([
      { path: "x64\\3\\IHV.dll", target: "IHV.dll" },
      { path: "x64\\3\\de-DE\\IHV.dll.mui", target: "de-DE/IHV.dll.mui" },
    ]);
  });

  it("are found where the server names its own disk", () => {
    const files = ["C:\\Windows\\system32\\spool\\DRIVERS\\x64\\3\\IHV.dll"];
    expect(shareFiles([driver("Windows x64", ...files)])).toEqual([{ path: "x64\\3\\IHV.dll", target: "IHV.dll" }]);
  });

  it("come from the 64 bit driver where several have them", () => {
    const found = shareFiles([
      driver("Windows NT x86", "\\\\s\\print$\\W32X86\\3\\ihv.DLL", "\\\\s\\print$\\W32X86\\3\\old.dll"),
      driver("Windows x64", "\\\\s\\print$\\x64\\3\\IHV.dll"),
    ]);
    expect(found.map(({ path }) => path)).toEqual(["x64\\3\\IHV.dll", "W32X86\\3\\old.dll"]);
  });

  it.each([
    "C:\\Windows\\System32\\spool\\IHV.dll",
    "IHV.dll",
    "\\\\s\\other$\\IHV.dll",
    "\\\\s\\print$\\..\\..\\IHV.dll",
    "\\\\s\\print$\\x64\\..\\IHV.dll",
    '\\\\s\\print$\\x64\\a" "b.dll',
    "\\\\s\\print$\\x64\\a;del *.dll",
    "\\\\s\\print$\\x64\\!sh\nid.dll",
    "\\\\s\\print$\\x64/IHV.dll",
    "\\\\s\\print$\\x64\\lld.\u202eVHI.dll",
    "\\\\s\\print$\\",
  ])("are never %j", (file) => {
    expect(shareFiles([driver("Windows x64", file)])).toEqual([]);
  });
});
