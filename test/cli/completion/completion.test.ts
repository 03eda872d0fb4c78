import { execFileSync } from "node:child_process";
import { Argument, Command, Option } from "commander";
import { describe, expect, it } from "vitest";
import { bashCompletion } from "../../../src/cli/completion/bash.js";
import { fishCompletion } from "../../../src/cli/completion/fish.js";
import { completionOf } from "../../../src/cli/completion/model.js";
import { zshCompletion } from "../../../src/cli/completion/zsh.js";

const watch = new Command("watch")
  .summary("watch 'em all")
  .argument("<target...>")
  .addOption(new Option("-o, --output <format>", "how it's printed [json]").choices(["pretty", "json"]))
  .addOption(new Option("--password-file <file|->", "a file"))
  .addOption(new Option("--port <n>", "a port"))
  .addOption(new Option("-q, --quiet", "quiet"))
  .addOption(new Option("--secret", "not shown").hideHelp());
const shells = new Command("completion").addArgument(new Argument("<shell>").choices(["bash", "zsh"]));
const COMMANDS = [watch, shells].map(completionOf);

/** What bash would offer for these words, the last of which is being typed. */
function complete(...words: string[]): string[] {
  const script = `${bashCompletion(COMMANDS)}
COMP_WORDS=("$@")
COMP_CWORD=$(( $# - 1 ))
_panwatch
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["--norc", "-c", script, "bash", ...words], { encoding: "utf8", cwd: "/" })
    .split("\n")
    .filter((line) => line !== "");
}

describe("what shells need to know", () => {
  it("is read from the definitions", () => {
    expect(COMMANDS[0]?.options.slice(0, 3)).toEqual([
      {
        names: ["--output", "-o"],
        description: "how it's printed [json]",
        value: { kind: "words", words: ["pretty", "json"], beginnings: [] },
      },
      { names: ["--password-file"], description: "a file", value: { kind: "files" } },
      { names: ["--port"], description: "a port", value: { kind: "anything" } },
    ]);
    expect(COMMANDS.map(({ argument }) => argument)).toEqual([
      { kind: "hosts" },
      { kind: "words", words: ["bash", "zsh"], beginnings: [] },
    ]);
  });
});

describe("bash completes", () => {
  it.each([
    [
      ["panwatch", ""],
      ["watch", "completion", "--help", "--version"],
    ],
    [["panwatch", "w"], ["watch"]],
    [
      ["panwatch", "watch", "--p"],
      ["--password-file", "--port"],
    ],
    [
      ["panwatch", "watch", "-o", ""],
      ["pretty", "json"],
    ],
    [["panwatch", "watch", "--output", "=", "j"], ["json"]],
    [
      ["panwatch", "watch", "--output", "="],
      ["pretty", "json"],
    ],
    [["panwatch", "watch", "--password-file", "/et"], ["/etc"]],
    [["panwatch", "watch", "--port", ""], []],
    [["panwatch", "completion", "z"], ["zsh"]],
    [["panwatch", "watch", "srv", "--", "--p"], []],
  ])("%j", (words, offered) => {
    expect(complete(...words)).toEqual(offered);
  });

  it("programs behind --", () => {
    expect(complete("panwatch", "watch", "srv", "--", "tru")).toContain("true");
  });
});

describe("scripts for other shells", () => {
  it("zsh", () => {
    const script = zshCompletion(COMMANDS);
    expect(script).toContain(String.raw`{--output=,-o+}'[how it'\''s printed \[json\]]:value:(pretty json)'`);
    expect(script).toContain("--password-file='[a file]:value:_files'");
    expect(script).toContain(String.raw`'watch:watch '\''em all'`);
    expect(script).not.toContain("--secret");
  });

  it("fish", () => {
    const lines = fishCompletion(COMMANDS).split("\n");
    expect(lines).toContain(
      String.raw`complete -c panwatch -n '__panwatch_in watch' -l output -s o -r -f -a 'pretty json' -d 'how it\'s printed [json]'`,
    );
    expect(lines).toContain("complete -c panwatch -n '__panwatch_in watch' -l quiet -s q -d 'quiet'");
  });
});
