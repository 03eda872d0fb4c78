import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { Pictures } from "../../../src/cli/render/pictures.js";
import type { Notification } from "../../../src/notifications/model.js";
import { bytesSource } from "../../resources/support/bytes-source.js";
import { DriverFile } from "../../../src/resources/driver-file.js";
import { ENGLISH, image, strings } from "../../resources/support/image.js";
import { bitmap, dib32, icon32, iconGroup, quarters } from "../../resources/support/pictures.js";

const FILE = new DriverFile(
  [
    bytesSource(
      image([
        ...strings(ENGLISH, { 1: "text" }),
        { type: 14, id: 1, lang: 0, bytes: iconGroup({ side: 32, bits: 32, id: 1 }) },
        { type: 3, id: 1, lang: 0, bytes: icon32(quarters(32)) },
        bitmap(7, dib32(quarters(8))),
        bitmap(8, dib32(quarters(8)).subarray(0, 60)),
      ]),
    ),
  ],
  ENGLISH,
);

function pictures(notices: string[] = []): { pictures: Pictures; asked: string[] } {
  const asked: string[] = [];
  const find = <T>(name: string, read: (file: DriverFile) => T | null): T | null => {
    asked.push(name);
    return name === "gone.dll" ? null : read(FILE);
  };
  return { pictures: new Pictures({ find }, (text) => notices.push(text)), asked };
}

const COMMON = { title: "T", body: "", bodies: [], strings: [], problem: null };
const balloon = (id: number, dll: string | null = "IHV.dll"): Notification => ({
  kind: "balloon",
  ...COMMON,
  icon: dll === null ? null : { id, dll },
  action: null,
});
const box = (id: number, dll: string | null): Notification => ({
  kind: "messageBox",
  ...COMMON,
  bitmap: { id, dll },
  buttons: [],
});

describe("pictures of notifications", () => {
  it("are a small icon of a balloon and the bitmap of a message box, as lines of half blocks", () => {
    const { pictures: shown } = pictures();
    const icon = shown.lines(balloon(1), 80, "truecolor");
    expect([icon.length, icon[0]?.match(/[▀▄ ]/g)?.length]).toEqual([8, 16]);
    expect(shown.lines(box(7, "IHV.dll"), 80, "256")).toHaveLength(4);
    expect(shown.lines(box(7, "IHV.dll"), 4, "256")).toHaveLength(2);
  });

  it("are read once", () => {
    const { pictures: shown, asked } = pictures();
    const first = shown.png(balloon(1));
    expect(shown.png(balloon(1, "ihv.dll"))).toBe(first);
    const { width, height } = PNG.sync.read(Buffer.from(first ?? "", "base64"));
    expect([width, height, asked]).toEqual([32, 32, ["IHV.dll"]]);
  });

  it("of a message box without a file are the default file's", () => {
    const { pictures: shown, asked } = pictures();
    shown.png(box(7, null));
    expect(asked).toEqual(["Prnntfy.dll"]);
  });

  it("are none where there is none, or it is broken: then -v tells why, and the texts stay", () => {
    const notices: string[] = [];
    const { pictures: shown } = pictures(notices);
    const none = [balloon(1, null), balloon(1, "gone.dll"), balloon(9), box(8, "IHV.dll")];
    expect(none.map((one) => shown.png(one))).toEqual([null, null, null, null]);
    expect(none.flatMap((one) => shown.lines(one, 80, "256"))).toEqual([]);
    expect(notices).toEqual([expect.stringMatching(/^the bitmap 8 of IHV\.dll cannot be shown: DIB\.pixels/)]);
    expect(FILE.string(1)).toBe("text");
  });
});
