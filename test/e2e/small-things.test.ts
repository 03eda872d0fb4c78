import { expect, it } from "vitest";
import { PANWATCH, Panwatch, Server } from "./support/panwatch.js";
import { run } from "./support/run.js";
import { TmuxTerminal } from "./support/tmux.js";

it("an unknown option beside --help is told by help", async () => {
  for (const args of [
    ["--nope", "--help"],
    ["watch", "--nope", "--help"],
  ])
    expect(await run(args)).toMatchObject({ code: 0, stdout: expect.stringContaining("Usage: panwatch") as string });
});

it("an unknown option before any command leads to the help of them all", async () => {
  for (const args of [["--nope"], ["--nope", "watch", "x"]])
    expect(await run(args)).toMatchObject({
      code: 2,
      stderr: "panwatch: Unknown option --nope. See panwatch --help.\n",
    });
});

it("who names no user hears of -U", async () => {
  const { stderr } = await run(["watch", "127.0.0.1", "--port", "1", "--kerberos", "off"]);
  expect(stderr).toContain("Name one with -U: [DOMAIN\\]user");
});

it("an instruction that serve does not know is answered with what there is", async () => {
  await using serve = new Panwatch(["serve"]);
  serve.send({ shout: "x" });
  serve.send({ notify: "x" });
  await serve.count("error", 2);
  for (const { message } of serve.ofType("error"))
    expect(message).toContain("to notify: balloon, messageBox, customUi");
});

it.each([80, 50])("demo breaks its sentences between words at %i columns", async (columns) => {
  using window = new TmuxTerminal(
    `stty columns ${columns}\n"${process.execPath}" "${PANWATCH}" demo >/dev/null\necho "ended with $?"\n`,
  );
  await window.shows("ended with 0");
  const lines = window.screen().split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  const sentences = lines.join(" ").replace(/ +/g, " ");
  expect(sentences).toContain(
    "and a watcher, which finds it through the endpoint mapper, logs on with NTLM and has everything",
  );
  expect(sentences).toContain("or panwatch serve for a print server to play with.");
});

it.each([80, 50])(
  "watch says in one sentence, broken between words, what is watched at %i columns",
  async (columns) => {
    await using server = await Server.start("--printer", "HP4", "--printer", "HP5");
    const words = [process.execPath, PANWATCH, "watch", "127.0.0.1/*", ...server.access].map((word) => `'${word}'`);
    using window = new TmuxTerminal(words.join(" "), { columns });
    await window.shows("stop");
    const said = window.rows().join(" ");
    expect(said).toMatch(
      /^Watching 2 queues of 127\.0\.0\.1 for asyncui \(uni, bidi\) and printer-config \(uni\) as alice \(NTLM, privacy\) — silence is normal until something happens; Ctrl-C to stop$/,
    );
  },
);
