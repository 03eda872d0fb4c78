import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { LosableTerminal } from "./support/losable-terminal.js";
import { PANWATCH, Server } from "./support/panwatch.js";
import { PAPER_JAM } from "./support/replies.js";

let server: Server;
beforeAll(async () => {
  server = await Server.start();
});
afterEach(() => server.reset());
afterAll(() => server[Symbol.asyncDispose]());

const BALLOON = { notify: "balloon", title: "Toner low", body: "Order." };

/** A watch on a terminal; streams may be redirected to files of its folder. */
function watch(args: readonly string[], redirections = ""): LosableTerminal {
  const words = [process.execPath, PANWATCH, "watch", "127.0.0.1", ...args].map((word) => `'${word}'`);
  return new LosableTerminal(`${words.join(" ")} ${redirections}`);
}

describe("a terminal that goes away while a password is asked for", () => {
  const access = (): string[] => ["-U", "alice", "--port", String(server.port)];

  it.each(["", "< /dev/null > stdout 2> stderr"])("is no answer, with streams %j", async (redirections) => {
    using terminal = watch(access(), redirections);
    await terminal.shows("Password of alice: ");
    terminal.lose();
    expect(await terminal.exit()).toBe(4);
    if (redirections !== "") expect(terminal.read("stderr")).toMatch(/^panwatch: No password was given\. .*\n$/);
  });

  // The signal comes alone: Node 20 aborts where the terminal goes away in the very moment in which the process ends.
  it("is the end by SIGHUP where that is sent", async () => {
    using terminal = watch(access());
    await terminal.shows("Password of alice: ");
    await terminal.signal("SIGHUP");
    expect(await terminal.exit()).toBe(129);
  });
});

describe("a terminal that goes away under a watch", () => {
  it("is left in order at SIGHUP", async () => {
    using terminal = watch(server.access);
    await terminal.shows("Watching");
    terminal.lose();
    await terminal.signal("SIGHUP");
    expect(await terminal.exit()).toBe(129);
    await server.panwatch.count("client.unregistered", 3);
  });

  it("is a closed stdout at the next line, without SIGHUP", async () => {
    using terminal = watch(server.access);
    await terminal.shows("Watching");
    terminal.lose();
    await server.tell(BALLOON);
    expect(await terminal.exit()).toBe(0);
    await server.panwatch.count("client.unregistered", 3);
  });

  it("takes no line from a stdout that is elsewhere, where stderr was on it", async () => {
    using terminal = watch([...server.access, "-n", "1", "-v"], "> stdout");
    await terminal.shows("Watching");
    terminal.lose();
    await server.tell(BALLOON);
    expect(await terminal.exit()).toBe(0);
    expect(terminal.read("stdout")).toContain("Toner low");
  });

  it("answers no question: it is left to others, and the watch goes on", async () => {
    using terminal = watch(["-i", "-n", "2", ...server.access], "> stdout 2> stderr");
    await server.panwatch.count("client.registered", 3);
    await server.tell(PAPER_JAM);
    await terminal.shows("Press 1, 2, 3, or s.");
    terminal.lose();
    await server.panwatch.line({ type: "client.released", reason: "released" });
    await server.tell(BALLOON);
    expect(await terminal.exit()).toBe(0);
    expect(terminal.read("stdout")).toContain("Toner low");
    expect(server.panwatch.ofType("client.replied")).toEqual([]);
  });
});
