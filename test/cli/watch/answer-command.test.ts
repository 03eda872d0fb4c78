import { describe, expect, it } from "vitest";
import { answerCommand } from "../../../src/cli/watch/answer-command.js";

describe("the command that would answer", () => {
  it("watches the same and presses the button", () => {
    expect(answerCommand(["watch", "CORP/alice@printsrv/HP4", "-n", "1"], "IDOK", "Jam")).toBe(
      "panwatch watch CORP/alice@printsrv/HP4 -n 1 --reply button=IDOK",
    );
  });

  it("quotes what a shell would change", () => {
    expect(answerCommand(["watch", "//srv/Bob's $HOME", "-U", "CORP\\bob"], "3", "Jam")).toBe(
      String.raw`panwatch watch '//srv/Bob'\''s $HOME' -U 'CORP\bob' --reply button=3`,
    );
  });

  it("is panwatch answer where pending lists what waits, for the box with this title", () => {
    expect(answerCommand(["pending", "-U", "alice", "srv"], "IDOK", "Paper jam")).toBe(
      "panwatch answer -U alice srv --match 'title=Paper jam' --button IDOK",
    );
  });

  it("leaves out that nothing was to be answered", () => {
    expect(answerCommand(["watch", "--reply", "none", "srv", "--dry-run", "--reply=none"], "IDOK", "Jam")).toBe(
      "panwatch watch srv --reply button=IDOK",
    );
  });
});
