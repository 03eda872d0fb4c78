import { describe, expect, it } from "vitest";
import { MissingFiles } from "../../../src/cli/resources/missing-files.js";
import type { Notification } from "../../../src/notifications/model.js";

function balloon(stringId: number, dll: string | null): Notification {
  const text = `[string ${stringId}]`;
  const strings = [{ path: "title", stringId, dll, params: [], text, source: "none" as const }];
  const nothing = { body: "", bodies: [], icon: null, action: null, problem: null };
  return { kind: "balloon", title: text, ...nothing, strings };
}

describe("files that are missing", () => {
  it("are told once each, whatever their case; a file that is there and lacks the string otherwise", () => {
    const told: string[] = [];
    const missing = new MissingFiles({ has: (name) => name === "Old.dll" }, (text, level) =>
      told.push(`${level} ${text}`),
    );
    for (const dll of ["IHV.dll", "ihv.DLL", "Old.dll", "Old.dll", null]) missing.see(balloon(1234, dll));
    expect(told).toEqual([
      expect.stringMatching(/^warn string 1234 stands in IHV\.dll, .*panwatch resources TARGET DIR/),
      "warn the file Old.dll that was given has no string 1234: the server's may be another version",
      expect.stringMatching(/^warn string 1234 stands in a newer Prnntfy\.dll of Windows/),
    ]);
  });

  it("are told of at most 100, however many a server names", () => {
    let told = 0;
    const missing = new MissingFiles({ has: () => false }, () => (told += 1));
    for (let i = 0; i < 1000; i++) missing.see(balloon(1, `${i}.dll`));
    expect(told).toBe(100);
  });
});
