import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PANWATCH } from "./support/panwatch.js";
import { LoopbackServer, NOTHING_LEFT, PASSWORD } from "./support/print-server.js";
import { TmuxTerminal } from "./support/tmux.js";
import { eventually } from "../support/eventually.js";

let print: LoopbackServer;
beforeEach(async () => {
  print = await LoopbackServer.start();
});
afterEach(async () => {
  await print[Symbol.asyncDispose]();
});

/** A terminal in which panwatch watches the server as alice; `after` is a piece of shell that follows. */
function terminal({ args = "", after = "" } = {}): TmuxTerminal {
  const command = `"${process.execPath}" "${PANWATCH}" watch alice@127.0.0.1 --port ${print.server.port} ${args}`;
  return new TmuxTerminal(
    `trap : INT\nunset NO_COLOR FORCE_COLOR PANWATCH_PASSWORD\n${command}\necho "ended with $?"\n${after}\n`,
  );
}

/** Waits until the three registrations of a watch, all that there are, wait for what comes. */
const registered = () => print.happened("client.waiting", 3);

describe("the password prompt, in a real terminal", () => {
  it("does not show what is typed, and logs on with it", async () => {
    using window = terminal();
    await window.shows("Password of alice: ");
    window.type("-l", `wrong`);
    window.type("C-u");
    window.type("-l", `${PASSWORD}x`);
    window.type("BSpace", "Enter");
    await window.shows("Watching 127.0.0.1 for asyncui (uni, bidi) and printer-config (uni) as alice");
    window.type("C-c");
    await window.shows("ended with 130");
    expect(window.screen()).not.toMatch(/Pa55|wrong/);
    expect(await print.left()).toEqual(NOTHING_LEFT);
  });

  it("is asked on the terminal although stdin and stdout are not", async () => {
    using window = terminal({ args: "-n 1 -q </dev/null | cat" });
    await window.shows("Password of alice: ");
    window.type("-l", PASSWORD);
    window.type("Enter");
    await registered();
    print.balloon("Paper jam");
    await window.shows("Paper jam");
    await window.shows("ended with 0");
  });

  it("is for the second user what --password-command is for the first; nothing is printed into it", async () => {
    using window = terminal({ args: `bob@127.0.0.1 --password-command "echo '${PASSWORD}'"` });
    await window.shows("Password of bob: ");
    await registered();
    const taken = print.next("client.waiting", ({ method }) => method === "GetNotification");
    print.balloon("Paper jam");
    await taken;
    window.type("-l", "wrong");
    window.type("Enter");
    await window.shows("Paper jam");
    const lines = window.screen().split("\n");
    expect(lines.filter((line) => line.includes("Password of")).map((line) => line.trim())).toEqual([
      "Password of bob:",
    ]);
    window.type("C-c");
    await window.shows("ended with 130");
  });

  it("takes turns with that of another user, and with the questions of -i", async () => {
    using window = terminal({ args: `bob@127.0.0.1 carol@127.0.0.1 -i -q --password-command "echo '${PASSWORD}'"` });
    await registered();
    await window.shows("Password of ");
    const taken = print.next("client.waiting");
    print.messageBox("Paper jam");
    await taken;
    for (const asked of [1, 2]) {
      await eventually(() => expect(window.screen().match(/Password of (bob|carol)/g)).toHaveLength(asked));
      window.type("-l", "wrong");
      expect(window.screen()).not.toContain("── Question");
      window.type("Enter");
    }
    await window.shows("── Question 1 of 1 from 127.0.0.1 ──\nPaper jam\n");
    window.type("s");
    await window.shows("Paper jam: skipped");
    window.type("C-c");
    await window.shows("ended with 130");
    expect(window.screen()).not.toMatch(/Pa55|wrong/);
  });

  it("asks once: a wrong password ends with 4", async () => {
    using window = terminal();
    await window.shows("Password of alice: ");
    window.type("-l", "wrong");
    window.type("Enter");
    await window.shows("ended with 4");
    expect(window.screen().match(/Password of alice/g)).toHaveLength(1);
    expect(window.screen()).not.toContain("wrong\n");
  });

  it("ends with Ctrl-C like anything else, and gives the terminal back as it was", async () => {
    using window = terminal({ after: 'read line; echo "got $line"' });
    await window.shows("Password of alice: ");
    window.type("C-c");
    await window.shows("ended with 130");
    window.type("-l", "echoed");
    window.type("Enter");
    await window.shows("got echoed");
    expect(window.screen()).toContain("\nechoed\n");
  });

  it.each(["C-d", "Enter"])("without an answer (%s) ends with 4", async (key) => {
    using window = terminal();
    await window.shows("Password of alice: ");
    window.type(key);
    await window.shows("ended with 4");
    expect(window.screen()).toContain("No password was given.");
  });
});

describe("a watch in a real terminal", () => {
  const access = (): string => `--password-file "${print.path("password")}"`;

  it("wraps texts to its width", async () => {
    using window = terminal({ args: `-n 1 ${access()}` });
    await registered();
    print.asyncUi(`<balloonUI><title>Words</title><body>${"word ".repeat(60)}</body></balloonUI>`);
    await window.shows("ended with 0");
    const lines = window
      .screen()
      .split("\n")
      .filter((line) => line.includes("word word"));
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^ {9}[word ]{4,111}$/);
  });

  it("goes on receiving while the terminal is stopped", async () => {
    using window = terminal({ args: access() });
    await window.shows("Watching");
    await registered();
    window.type("C-s");
    for (let sent = 0; sent < 2000; sent += 50) {
      const waiting = print.next("client.waiting", ({ method }) => method === "GetNotification");
      for (let i = 0; i < 50; i += 1) print.balloon(`Balloon ${sent + i}`);
      await waiting;
    }
    window.type("C-q");
    await window.shows("entries were not taken by the reader of stdout");
    window.type("C-c");
    await window.shows("ended with 130");
    expect(await print.left()).toEqual(NOTHING_LEFT);
  });
});
