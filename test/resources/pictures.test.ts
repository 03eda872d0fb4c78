import { crc32, deflateSync } from "node:zlib";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { DecodeError } from "../../src/errors.js";
import { bytesSource } from "./support/bytes-source.js";
import { decodeDib } from "../../src/resources/dib.js";
import { DriverFile } from "../../src/resources/driver-file.js";
import { fitted, type Picture } from "../../src/resources/picture.js";
import { readPicture } from "../../src/resources/pictures.js";
import { decodePng, encodePng } from "../../src/resources/png.js";
import { image, u16, u32 } from "./support/image.js";
import { bitmap, dib32, dibHeader, icon32, iconGroup, quarters } from "./support/pictures.js";

/** The pixels of a picture, row by row, as `rrggbbaa`. */
function pixels({ width, rgba }: Picture): string[] {
  const hex = Buffer.from(rgba).toString("hex").match(/.{8}/g) ?? [];
  return Array.from({ length: hex.length / width }, (_, y) => hex.slice(y * width, (y + 1) * width).join(" "));
}

const PALETTE = Buffer.from([0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0]);
const RED_GREEN = "ff0000ff 00ff00ff";
const BLUE_WHITE = "0000ffff ffffffff";

/** The same picture in formats that ImageMagick wrote, without what is not needed. */
const MADE = {
  interlaced:
    "iVBORw0KGgoAAAANSUhEUgAAAA0AAAAJCAYAAAGefZb8AAAAaklEQVQY042PQQ7EIAwDx9H+/8uzh5RtgSJtDoTYseUgiFgIAmxIBENzkga4mEr/IRAd" +
    "E/faExj1mal5c1I+VcWhAijQae43i/UfVh4Ua5jdzYtduojZe43s+V3hNL3hhZC0eRI0jDNP+BerLkP/TZvLOwAAAABJRU5ErkJggg==",
  interlacedPalette:
    "iVBORw0KGgoAAAANSUhEUgAAAA0AAAAJCAMAAAGpo2bOAAAAElBMVEX/AAAA/wD///8AAAAAAP///wBwA93nAAAAN0lEQVQI102KAQoAMAgCr1n///IqCjpB" +
    "kwQjgnE51O0oe9DN6tdsnRCumjYbgzXwjiD03MYzjj48fwD4w2m/6gAAAABJRU5ErkJggg==",
  rle8:
    "KAAAAA0AAAAJAAAAAQAIAAEAAADOAAAAAAAAAAAAAAAGAAAABgAAAAAAAAAAAP8AAP8AAAD//wD/AAAA////AAEDAQABAwEAAQMBAAEDAQABAwEAAQMBAAED" +
    "AwAAAAEDAQABAwEAAQMBAAEDAQABAwEAAQMBAAEDAwAAAAEDAQABAwEAAQMBAAEDAQABAwEAAQMBAAEDAwAAAAEBAQMBAAEFAQQBAgEBAQMBAAEFAQQBAgEB" +
    "AwAAAAEBAQABBAEBAQABBAEBAQABBAEBAQABBAEBAwAAAAEBAQUBAQEFAQEBBQEBAQUBAQEFAQEBBQEBAwAAAAcBBgIDAAAABwEGAgMAAAAHAQYCAwAAAAAB",
} as const;
const COLOURS = ["ff0000ff", "00ff00ff", "0000ffff", "ffffffff", "000000ff", "ffff00ff"];
/** Stripes, then nothing regular, then columns. */
const EXPECTED = Array.from({ length: 9 }, (_, y) =>
  Array.from({ length: 13 }, (__, x) => {
    if (y < 3) return COLOURS[x < 7 ? 0 : 1];
    return COLOURS[y < 6 ? (x * y) % 6 : x % 2 === 1 ? 4 : 5];
  }).join(" "),
);

describe("a DIB", () => {
  it.each([
    [
      "1 bit",
      [dibHeader(2, 2, 1, { colours: 2 }), PALETTE.subarray(0, 8), Buffer.from([0x80, 0, 0, 0, 0x40, 0, 0, 0])],
      [RED_GREEN, "00ff00ff ff0000ff"],
    ],
    [
      "4 bits",
      [dibHeader(2, 2, 4, { colours: 4 }), PALETTE, Buffer.from([0x23, 0, 0, 0, 0x01, 0, 0, 0])],
      [RED_GREEN, BLUE_WHITE],
    ],
    [
      "8 bits",
      [dibHeader(2, 2, 8, { colours: 4 }), PALETTE, Buffer.from([2, 3, 0, 0, 0, 1, 0, 0])],
      [RED_GREEN, BLUE_WHITE],
    ],
    [
      "8 bits, beyond its palette",
      [dibHeader(1, 1, 8, { colours: 4 }), PALETTE, Buffer.from([9, 0, 0, 0])],
      ["000000ff"],
    ],
    ["16 bits (555)", [dibHeader(2, 2, 16), u16(0x1f), u16(0x7fff), u16(0x7c00), u16(0x3e0)], [RED_GREEN, BLUE_WHITE]],
    [
      "16 bits (565 by masks)",
      [
        dibHeader(2, 2, 16, { compression: 3 }),
        u32(0xf800),
        u32(0x7e0),
        u32(0x1f),
        u16(0x1f),
        u16(0xffff),
        u16(0xf800),
        u16(0x7e0),
      ],
      [RED_GREEN, BLUE_WHITE],
    ],
    [
      "24 bits",
      [dibHeader(2, 2, 24), Buffer.from([255, 0, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0])],
      [RED_GREEN, BLUE_WHITE],
    ],
    [
      "32 bits without opacity",
      [
        dib32([
          [
            [255, 0, 0],
            [0, 255, 0],
          ],
          [
            [0, 0, 255],
            [255, 255, 255],
          ],
        ]),
      ],
      [RED_GREEN, BLUE_WHITE],
    ],
    [
      "32 bits with opacity",
      [
        dib32([
          [
            [255, 0, 0, 128],
            [0, 0, 0, 0],
          ],
        ]),
      ],
      ["ff000080 00000000"],
    ],
    [
      "32 bits by masks, red and blue changed",
      [dibHeader(1, 1, 32, { compression: 3 }), u32(0xff), u32(0xff00), u32(0xff0000), u32(0x0000ff)],
      ["ff0000ff"],
    ],
    ["rows from the top", [dibHeader(1, -2, 24), Buffer.from([0, 0, 255, 0, 0, 255, 0, 0])], ["ff0000ff", "00ff00ff"]],
    [
      "the old header",
      [u32(12), u16(2), u16(1), u16(1), u16(1), Buffer.from([0, 0, 255, 0, 255, 0, 0x40, 0, 0, 0])],
      [RED_GREEN],
    ],
  ])("of %s", (_what, parts, expected) => {
    expect(pixels(decodeDib(Buffer.concat(parts), false))).toEqual(expected);
  });

  it("of run-length encoded 8 bits, as ImageMagick writes it", () => {
    expect(pixels(decodeDib(Buffer.from(MADE.rle8, "base64"), false))).toEqual(EXPECTED);
  });

  it("of run-length encoded 4 bits, as ImageMagick reads it: runs, pixels as they are, skipped ones", () => {
    const runs = Buffer.from("051201100000000512312000012000000002030003330001", "hex");
    const header = dibHeader(6, 3, 4, { compression: 2, colours: 4 });
    const [red, green, blue, white] = ["ff0000ff", "00ff00ff", "0000ffff", "ffffffff"];
    expect(pixels(decodeDib(Buffer.concat([header, PALETTE, runs]), false))).toEqual([
      [red, red, red, white, white, white].join(" "),
      [green, blue, white, green, blue, blue].join(" "),
      [green, blue, green, blue, green, green].join(" "),
    ]);
  });

  it.each([
    ["beyond the row", "ff01 0000 0201", ["1 1 0", "1 1 1"]],
    ["beyond the last row", "0002 00ff 0301", ["0 0 0", "0 0 0"]],
    ["beyond what is there", "0301", ["0 0 0", "1 1 1"]],
    ["after the end", "0001 0301", ["0 0 0", "0 0 0"]],
    ["that are skipped", "0002 0201 0101", ["0 0 1", "0 0 0"]],
  ])("leaves out pixels %s", (_what, hex, rows) => {
    const header = dibHeader(3, 2, 8, { compression: 1, colours: 2 });
    const colours = Buffer.from([0, 0, 0, 0, 255, 255, 255, 0]);
    const bytes = Buffer.concat([header, colours, Buffer.from(hex.replaceAll(" ", ""), "hex")]);
    const expected = rows.map((row) => row.replaceAll("1", "ffffffff").replaceAll(/\b0\b/g, "000000ff"));
    expect(pixels(decodeDib(bytes, false))).toEqual(expected);
  });

  it("of an icon takes its mask for opacity where the pixels have none", () => {
    const colours = [dibHeader(2, 4, 24), Buffer.from([255, 0, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0])];
    const mask = Buffer.from([0x80, 0, 0, 0, 0x40, 0, 0, 0]);
    expect(pixels(decodeDib(Buffer.concat([...colours, mask]), true))).toEqual([
      "ff0000ff 00ff0000",
      "0000ff00 ffffffff",
    ]);
  });

  it.each([
    ["of no size", dibHeader(0, 1, 24)],
    ["larger than any", dibHeader(4096, 4096, 1)],
    ["wider than any", dibHeader(5000, 1, 1)],
    ["as high as there is", dibHeader(1, -(2 ** 31), 1)],
    ["of 7 bits", dibHeader(1, 1, 7)],
    ["compressed as no other", dibHeader(1, 1, 8, { compression: 2 })],
    ["that holds a JPEG", dibHeader(1, 1, 0, { compression: 4 })],
    [
      "that ends in a run",
      Buffer.concat([dibHeader(1, 1, 8, { compression: 1, colours: 4 }), PALETTE, Buffer.from([0, 3])]),
    ],
    ["with pixels that are missing", dibHeader(100, 100, 32)],
    ["with colours that are missing", dibHeader(1, 1, 24, { colours: 0xffffffff })],
    ["with another header", Buffer.concat([u32(39), Buffer.alloc(60)])],
    ["with nothing", Buffer.alloc(0)],
  ])("%s is refused", (_what, bytes) => {
    expect(() => decodeDib(bytes, false)).toThrow(DecodeError);
  });
});

describe("a PNG", () => {
  const picture: Picture = { width: 2, height: 1, rgba: Uint8Array.from([255, 0, 0, 255, 0, 255, 0, 128]) };

  it("is written and read", () => {
    expect(decodePng(encodePng(picture))).toEqual(picture);
  });

  /** A PNG of these chunks, with the sums that are due. */
  function png(...chunks: readonly [type: string, data: Buffer][]): Buffer {
    return Buffer.concat([
      Buffer.from("89504e470d0a1a0a", "hex"),
      ...chunks.map(([type, data]) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(data.length);
        const sum = Buffer.alloc(4);
        const summed = Buffer.concat([Buffer.from(type, "latin1"), data]);
        sum.writeUInt32BE(crc32(summed));
        return Buffer.concat([length, summed, sum]);
      }),
    ]);
  }
  function header(width: number, height: number, interlacing = 0): [string, Buffer] {
    const data = Buffer.alloc(13);
    data.writeUInt32BE(width);
    data.writeUInt32BE(height, 4);
    data.set([8, 6, 0, 0, interlacing], 8);
    return ["IHDR", data];
  }
  const bomb: [string, Buffer] = ["IDAT", deflateSync(Buffer.alloc(1e6))];

  const end: [string, Buffer] = ["IEND", Buffer.alloc(0)];
  const wrongSum = png(header(1, 1), ["IDAT", deflateSync(Buffer.alloc(5))], end);
  wrongSum[30] = 77;

  it.each(["interlaced", "interlacedPalette"] as const)("may be %s, as ImageMagick writes it", (name) => {
    expect(pixels(decodePng(Buffer.from(MADE[name], "base64")))).toEqual(EXPECTED);
  });

  it("may come from elsewhere", () => {
    expect(decodePng(png(header(1, 1), ["IDAT", deflateSync(Buffer.alloc(5))], end))).toMatchObject({ width: 1 });
  });

  it.each([
    ["larger than any", png(header(10_000, 10_000), bomb, end), "pixels"],
    [
      "interlaced, with more than its size",
      png(header(100, 100, 1), bomb, end),
      "Cannot create a Buffer larger than 90000",
    ],
    ["interlaced, with less", png(header(100, 100, 1), ["IDAT", deflateSync(Buffer.alloc(9))], end), "PNG at offset 0"],
    ["that changes its size later", png(header(1, 1), header(4000, 4000, 1), bomb, end), "comes again"],
    ["that begins with something else", png(["tEXt", Buffer.alloc(13)], header(1, 1)), "is not the first chunk"],
    ["with a wrong sum", wrongSum, "PNG at offset 0"],
    ["cut", Buffer.from(encodePng(picture).subarray(0, 50)), "needs"],
    ["of more than 4 MiB", Buffer.concat([encodePng(picture), Buffer.alloc(4 * 2 ** 20)]), "are more than"],
  ])("%s is refused", (_what, bytes, message) => {
    expect(() => decodePng(bytes)).toThrow(DecodeError);
    expect(() => decodePng(bytes)).toThrow(message);
  });
});

describe("the pictures of a driver's file", () => {
  const small = icon32(quarters(16));
  const file = new DriverFile(
    [
      bytesSource(
        image([
          {
            type: 14,
            id: 7,
            lang: 0,
            bytes: iconGroup(
              { side: 16, bits: 32, id: 1 },
              { side: 32, bits: 4, id: 3 },
              { side: 32, bits: 32, id: 2 },
              { side: 256, bits: 32, id: 4 },
            ),
          },
          { type: 14, id: 8, lang: 0, bytes: iconGroup({ side: 16, bits: 32, id: 1 }) },
          { type: 14, id: 9, lang: 0, bytes: iconGroup({ side: 256, bits: 32, id: 4 }) },
          { type: 14, id: 10, lang: 0, bytes: iconGroup() },
          { type: 3, id: 1, lang: 0, bytes: small },
          { type: 3, id: 2, lang: 0, bytes: icon32(quarters(32)) },
          { type: 3, id: 4, lang: 0, bytes: PNG.sync.write(new PNG({ width: 256, height: 256 })) },
          bitmap(5, dib32(quarters(8))),
        ]),
      ),
    ],
    0,
  );

  it("are the icon next to 32 pixels with the most colours, DIB or PNG, and bitmaps", () => {
    expect(readPicture(file, "icon", 7)).toMatchObject({ width: 32, height: 32 });
    expect(readPicture(file, "icon", 8)).toMatchObject({ width: 16, height: 16 });
    expect(readPicture(file, "icon", 9)).toMatchObject({ width: 256, height: 256 });
    expect(readPicture(file, "bitmap", 5)).toMatchObject({ width: 8, height: 8 });
    expect([readPicture(file, "icon", 10), readPicture(file, "icon", 1), readPicture(file, "bitmap", 7)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe("a picture that is made smaller", () => {
  it("has the mean of the pixels, each counting by its opacity", () => {
    const [row = ""] = pixels(
      fitted(
        decodeDib(
          dib32([
            [
              [255, 0, 0, 255],
              [0, 0, 0, 0],
            ],
            [
              [255, 0, 0, 255],
              [0, 0, 0, 0],
            ],
          ]),
          false,
        ),
        1,
        1,
      ),
    );
    expect(row).toBe("ff00007f");
  });

  it("fits, keeps its shape and is never larger", () => {
    const wide: Picture = { width: 100, height: 10, rgba: new Uint8Array(4000) };
    expect(fitted(wide, 20, 20)).toMatchObject({ width: 20, height: 2 });
    expect(fitted(wide, 200, 200)).toBe(wide);
    expect(fitted(wide, 3, 3)).toMatchObject({ width: 3, height: 1 });
  });
});
