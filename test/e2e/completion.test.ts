import { afterAll, beforeAll, describe, it } from "vitest";
import { Scripts } from "../cli/programs/scripts.js";
import { isMissing } from "./support/missing.js";
import { run } from "./support/run.js";
import { TmuxTerminal } from "./support/tmux.js";

/** How each shell is started with nothing of anybody's in it, and with our script. There is no `panwatch` on its PATH. */
const SHELLS = {
  bash: "{ echo 'PS1=\"> \"'; cat script; } > .bashrc; exec bash --noprofile --rcfile .bashrc -i",
  zsh: "{ echo 'PS1=\"> \"; autoload -U compinit; compinit -u -D'; cat script; } > .zshrc; ZDOTDIR=$PWD exec zsh -d -i",
  fish: `exec fish --no-config -i -C 'set -g fish_autosuggestion_enabled 0; function fish_prompt; echo "> "; end; source script'`,
};

/** What is typed before Tab, and what stands there then. */
const CASES = [
  ["panwatch wat", "panwatch watch"],
  ["panwatch help exi", "panwatch help exit-codes"],
  ["panwatch completion z", "panwatch completion zsh"],
  ["panwatch watch --wait", "panwatch watch --wait-for-server"],
  ["panwatch watch -o l", "panwatch watch -o line"],
  ["panwatch watch --type p", "panwatch watch --type printer-config"],
  ["panwatch watch --retry n", "panwatch watch --retry never"],
  ["panwatch watch --reply no", "panwatch watch --reply none"],
  ["panwatch watch --reply button=IDO", "panwatch watch --reply button=IDOK"],
  ["panwatch watch --reply ru", "panwatch watch --reply rules="],
  ["panwatch watch --reply rules=jam", "panwatch watch --reply rules=jams.json"],
  ["panwatch watch --reply=rules=jam", "panwatch watch --reply=rules=jams.json"],
  ["panwatch decode --reply rules=folder/j", "panwatch decode --reply rules=folder/jams.json"],
  ["panwatch watch --reply exec=./ch", "panwatch watch --reply exec=./choose"],
  ["panwatch watch --match tit", "panwatch watch --match title="],
  ["panwatch watch --password-file two", "panwatch watch --password-file two\\ words"],
  ["panwatch replay reco", "panwatch replay recording.jsonl"],
  ["panwatch watch srv -- ./ch", "panwatch watch srv -- ./choose"],
] as const;

describe.each(Object.entries(SHELLS))("completion in %s", (shell, start) => {
  const missing = isMissing(shell);
  let scripts: Scripts;
  let terminal: TmuxTerminal;

  beforeAll(async () => {
    if (missing) return;
    scripts = new Scripts();
    scripts.file("script", (await run(["completion", shell])).stdout);
    for (const name of ["jams.json", "two words", "recording.jsonl"]) scripts.file(name, "");
    scripts.sh("choose", "");
    terminal = new TmuxTerminal(`cd ${scripts.folder}; mkdir folder; touch folder/jams.json; ${start}`);
    await terminal.shows(">");
  });
  afterAll(() => {
    terminal?.[Symbol.dispose]();
    scripts?.[Symbol.dispose]();
  });

  it.skipIf(missing).each(CASES)("%s", async (typed, completed) => {
    terminal.type(typed, "Tab");
    await terminal.shows(`> ${completed}`);
    terminal.type("C-u");
  });
});
