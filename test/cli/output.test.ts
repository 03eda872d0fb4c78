import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { LineOutput, type DroppedLines, type OutputLimits } from "../../src/cli/output.js";

/** A reader of stdout who takes a line only when he is told to. */
class SlowReader extends Writable {
  readonly taken: string[] = [];
  #take: ((error?: Error | null) => void) | null = null;
  #wanted: (() => void) | null = null;
  free = false;

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.taken.push(chunk.toString("utf8"));
    if (this.free) done();
    else this.#take = done;
    this.#wanted?.();
  }

  /** Takes what is being written. */
  async take(error?: Error): Promise<void> {
    if (this.#take === null) await new Promise<void>((resolve) => (this.#wanted = resolve));
    const take = this.#take;
    this.#take = null;
    take?.(error);
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Takes everything from now on. */
  async takeAll(): Promise<void> {
    this.free = true;
    await this.take();
  }
}

const second = (n: number): Date => new Date(n * 1000);

function open(limits: Partial<OutputLimits> = {}) {
  const reader = new SlowReader();
  const gaps: DroppedLines[] = [];
  const describeGap = (dropped: DroppedLines): string => {
    gaps.push(dropped);
    return `gap ${dropped.count}`;
  };
  const output = new LineOutput(reader, { lines: 3, bytes: 1000, ...limits });
  output.describeGap = describeGap;
  const write = (text: string, time = 0, last = false): void => {
    output.write({ text, about: "srv", time: second(time), last });
  };
  return { reader, gaps, output, write };
}

describe("lines for stdout", () => {
  it("wait while they are held, and come in their order then", async () => {
    const { reader, output, write } = open();
    reader.free = true;
    write("before");
    let told = 0;
    const hold = output.hold(() => (told += 1));
    write("a");
    write("b");
    await output.flush();
    expect(reader.taken).toEqual(["before\n"]);
    expect(told).toBe(1);
    hold[Symbol.dispose]();
    await output.flush();
    expect(reader.taken).toEqual(["before\n", "a\n", "b\n"]);
  });

  it("are flushed, while they are held, when the one is written that had begun", async () => {
    const { reader, output, write } = open();
    write("a");
    output.hold(() => undefined);
    write("b");
    let flushed = false;
    const flushing = output.flush().then(() => (flushed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(flushed).toBe(false);
    await reader.take();
    await flushing;
    expect(reader.taken).toEqual(["a\n"]);
  });

  it("need not wait after a hold in which there were none", async () => {
    const { reader, output, write } = open();
    reader.free = true;
    output.hold(() => undefined)[Symbol.dispose]();
    await output.flush();
    write("a");
    expect(reader.taken).toEqual(["a\n"]);
  });

  it("are written one by one, each with one write", async () => {
    const { reader, output, write } = open();
    reader.free = true;
    for (const line of ["a", "b\nb", "ü"]) write(line);
    await output.flush();
    expect(reader.taken).toEqual(["a\n", "b\nb\n", "ü\n"]);
  });

  it("wait for a slow reader, in order", async () => {
    const { reader, output, write } = open();
    for (const line of ["a", "b", "c", "d"]) write(line);
    expect(reader.taken).toEqual(["a\n"]);
    await reader.takeAll();
    await output.flush();
    expect(reader.taken.join("")).toBe("a\nb\nc\nd\n");
  });

  it("beyond the limit are dropped and told in one line, when the reader has caught up", async () => {
    const { reader, gaps, output, write } = open();
    for (const [time, line] of ["a", "b", "c", "d", "e", "f", "g"].entries()) write(line, time);
    await reader.take();
    write("h", 7);
    expect(reader.taken).toEqual(["a\n", "b\n"]);
    await reader.takeAll();
    await output.flush();
    expect(reader.taken).toEqual(["a\n", "b\n", "c\n", "d\n", "gap 4\n"]);
    expect(gaps).toEqual([{ count: 4, from: second(4), to: second(7), about: new Set(["srv"]) }]);
    write("i", 8);
    await output.flush();
    expect(reader.taken.at(-1)).toBe("i\n");
  });

  it("may be dropped again after a gap was told", async () => {
    const { reader, gaps, output, write } = open({ lines: 1 });
    for (const line of ["a", "b", "c"]) write(line);
    await reader.take();
    await reader.take();
    expect(reader.taken).toEqual(["a\n", "b\n", "gap 1\n"]);
    for (const line of ["d", "e"]) write(line);
    await reader.takeAll();
    await output.flush();
    expect(reader.taken).toEqual(["a\n", "b\n", "gap 1\n", "d\n", "gap 1\n"]);
    expect(gaps).toHaveLength(2);
  });

  it("are bounded in bytes too, but a long one passes when nothing else waits", async () => {
    const { reader, output, write } = open({ lines: 100, bytes: 10 });
    write("being written");
    write("longer than all the bytes");
    write("dropped");
    await reader.takeAll();
    await output.flush();
    expect(reader.taken).toEqual(["being written\n", "longer than all the bytes\n", "gap 1\n"]);
  });

  it("that are the last pass beyond the limit, behind the gap", async () => {
    const { reader, output, write } = open({ lines: 1 });
    for (const line of ["a", "b", "dropped", "dropped"]) write(line);
    write("unregistered", 1, true);
    await reader.takeAll();
    await output.flush();
    expect(reader.taken).toEqual(["a\n", "b\n", "gap 2\n", "unregistered\n"]);
  });

  it("hold bounded memory whatever comes", () => {
    const { reader, gaps, write } = open({ lines: 10 });
    for (let i = 0; i < 100_000; i += 1) write("x".repeat(50), i);
    expect(reader.writableLength).toBeLessThan(100);
    expect(gaps).toEqual([]);
  });
});

describe("the end of stdout", () => {
  const broken = (code: string): Error => Object.assign(new Error(code), { code });

  it("is a closed reader on EPIPE, and nothing is written any more", async () => {
    const { reader, output, write } = open();
    for (const line of ["a", "b"]) write(line);
    const flushed = output.flush();
    await reader.take(broken("EPIPE"));
    await flushed;
    expect(output.ended.aborted).toBe(true);
    expect(output.end).toEqual({ kind: "closed" });
    write("c");
    expect(reader.taken).toEqual(["a\n"]);
  });

  it("is a failure when the disk is full", async () => {
    const { reader, output, write } = open();
    write("a");
    await reader.take(broken("ENOSPC"));
    expect(output.end).toMatchObject({ kind: "failed", error: { code: "ENOSPC" } });
  });

  it("keeps what must not be missed", async () => {
    const { reader, output, write } = open({ lines: 1 });
    for (const line of ["a", "b", "c"]) write(line);
    output.keep("last");
    reader.free = true;
    await reader.take();
    await output.flush();
    expect(reader.taken).toEqual(["a\n", "b\n", "gap 1\n", "last\n"]);
  });
});
