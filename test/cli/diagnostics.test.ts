import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { describeError, Diagnostics } from "../../src/cli/diagnostics.js";
import { PanwatchError, UsageError } from "../../src/errors.js";

function open(verbosity: number) {
  const stream = new PassThrough({ encoding: "utf8" });
  return { diagnostics: new Diagnostics(stream, verbosity), said: () => String(stream.read() ?? "") };
}

describe("what is said on stderr", () => {
  it.each([
    [0, "panwatch: w\n"],
    [1, "panwatch: w\npanwatch: v\n"],
    [2, "panwatch: w\npanwatch: v\npanwatch: d\n"],
  ])("depends on how often -v was given: %d", (verbosity, expected) => {
    const { diagnostics, said } = open(verbosity);
    diagnostics.notice("w", "warn");
    diagnostics.notice("v", "verbose");
    diagnostics.notice("d", "debug");
    expect(said()).toBe(expected);
  });

  it("waits while it is held", () => {
    const { diagnostics, said } = open(0);
    let told = 0;
    const hold = diagnostics.hold(() => (told += 1));
    diagnostics.line("a");
    diagnostics.notice("b", "warn");
    expect(said()).toBe("");
    expect(told).toBe(1);
    hold[Symbol.dispose]();
    diagnostics.line("c");
    expect(said()).toBe("a\npanwatch: b\nc\n");
  });

  it("is clean of what a server put into it, and one line", () => {
    const { diagnostics, said } = open(0);
    diagnostics.failure(new PanwatchError("fault", "the server said \u001b[2J\u202ehello\nthere"));
    expect(said()).toBe("panwatch: the server said hello there.\n");
  });

  it("is a sentence and a hint for an error, each ended once", () => {
    expect(describeError(new UsageError("Wrong.", { hint: "try again" }))).toBe("Wrong. Try again.");
    expect(describeError(new UsageError("wrong", { hint: "Again?" }))).toBe("wrong. Again?");
    expect(describeError(new UsageError("wrong"))).toBe("wrong.");
  });

  it("is broken between words on a terminal, at its width of now", () => {
    const terminal = Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY: true, columns: 12 });
    const diagnostics = new Diagnostics(terminal, 0);
    diagnostics.line("one two three");
    terminal.columns = 7;
    diagnostics.line("one two three");
    expect(terminal.read()).toBe("one two\nthree\none two\nthree\n");
  });

  it("shows the stack of a bug with -vv only", () => {
    const bug = new TypeError("x is not a function", { cause: new Error("deeper") });
    const short = open(1);
    short.diagnostics.failure(bug);
    expect(short.said()).toBe(
      "panwatch: internal error: x is not a function. This is a bug in panwatch; -vv shows where it happened.\n",
    );
    const long = open(2);
    long.diagnostics.failure(bug);
    expect(long.said()).toMatch(/TypeError: x is not a function\n +at .*caused by Error: deeper\n +at /s);
  });

  it("is dropped when nobody reads it, instead of filling the memory", () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    const diagnostics = new Diagnostics(stream, 0);
    for (let i = 0; i < 5000; i += 1) diagnostics.line("x".repeat(1000));
    expect(stream.writableLength).toBeLessThan(2 ** 20 + 2000);
  });
});
