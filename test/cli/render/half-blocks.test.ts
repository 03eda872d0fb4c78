import { describe, expect, it } from "vitest";
import { colourDepth, halfBlocks } from "../../../src/cli/render/half-blocks.js";
import type { Picture } from "../../../src/resources/picture.js";

const RED = [255, 0, 0, 255];
const GREY = [128, 128, 128, 255];
const CLEAR = [9, 9, 9, 100];

function picture(width: number, ...pixels: number[][]): Picture {
  return { width, height: pixels.length / width, rgba: Uint8Array.from(pixels.flat()) };
}

describe("half blocks", () => {
  it("are the upper pixel on the lower, or one of them, or nothing", () => {
    expect(halfBlocks(picture(1, RED, GREY), 9, 9, "truecolor")).toEqual([
      "\x1b[38;2;255;0;0m\x1b[48;2;128;128;128m▀\x1b[0m",
    ]);
    expect(halfBlocks(picture(1, RED, CLEAR), 9, 9, "truecolor")).toEqual(["\x1b[0m\x1b[38;2;255;0;0m▀\x1b[0m"]);
    expect(halfBlocks(picture(1, CLEAR, RED), 9, 9, "truecolor")).toEqual(["\x1b[0m\x1b[38;2;255;0;0m▄\x1b[0m"]);
    expect(halfBlocks(picture(1, CLEAR, CLEAR), 9, 9, "truecolor")).toEqual(["\x1b[0m \x1b[0m"]);
    expect(halfBlocks(picture(1, RED, RED, RED), 9, 9, "truecolor")).toHaveLength(2);
  });

  it("are the nearest of 256 colours where there are no more", () => {
    expect(halfBlocks(picture(1, RED, GREY), 9, 9, "256")).toEqual(["\x1b[38;5;196m\x1b[48;5;244m▀\x1b[0m"]);
  });

  it.each([
    [{ COLORTERM: "truecolor", TERM: "xterm" }, "truecolor"],
    [{ COLORTERM: "24bit" }, "truecolor"],
    [{ TERM: "tmux-256color" }, "256"],
    [{ TERM: "xterm" }, null],
    [{}, null],
  ])("of %j are %s", (env, depth) => {
    expect(colourDepth(env)).toBe(depth);
  });
});
