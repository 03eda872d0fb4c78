import { describe, expect, it } from "vitest";
import { parseTarget } from "../../../src/cli/target.js";
import { answerCommand } from "../../../src/cli/watch/answer-command.js";

/** The command for a box with this title of the last target. */
function command(args: readonly string[], targets: readonly string[], title = "Jam", button = "IDOK"): string {
  const given = targets.map((text) => ({ ...parseTarget(text), text }));
  const { server, printer } = given.at(-1) ?? { server: "", printer: null };
  return answerCommand({ args, targets: given }, { server, printer }, button, title);
}

describe("the command that would answer", () => {
  it("asks the TARGET of the box, the same way and as the same user, and nothing else", () => {
    const target = "CORP/alice@printsrv/HP4";
    const args = [
      "watch",
      target,
      "-n",
      "1",
      "-k",
      "--port=49213",
      "--spn",
      "host/x",
      "-o",
      "pretty",
      "--reply",
      "none",
    ];
    expect(command(args, [target])).toBe(
      "panwatch answer CORP/alice@printsrv/HP4 -k --port=49213 --spn host/x --match title=Jam --button IDOK",
    );
    expect(command(["watch", "a", "-Ubob", "b/HP5", "--password-file", "-"], ["a", "b/HP5"])).toBe(
      "panwatch answer b/HP5 -Ubob --password-file - --match title=Jam --button IDOK",
    );
  });

  it("names the queue of the box where all were watched", () => {
    const at = (printer: string | null, ...texts: readonly string[]): string => {
      const targets = texts.map((text) => ({ ...parseTarget(text), text }));
      return answerCommand({ args: ["watch", ...texts], targets }, { server: "srv", printer }, "IDOK", "Jam");
    };
    expect(at("HP 5", "other", "bob@srv/*")).toBe("panwatch answer 'bob@srv/HP 5' --match title=Jam --button IDOK");
    expect(at("HP5", "srv/HP4", "srv/*")).toContain("answer srv/HP5 ");
    expect(at("HP4", "srv/*", "srv/HP4")).toContain("answer srv/HP4 ");
    expect(at("a@b", "bob@srv/*")).toContain("answer 'bob@srv/*' ");
  });

  it("quotes what a shell would change", () => {
    expect(command(["watch", "//srv/Bob's $HOME", "-U", "CORP\\bob"], ["//srv/Bob's $HOME"], "Paper jam", "3")).toBe(
      String.raw`panwatch answer '//srv/Bob'\''s $HOME' -U 'CORP\bob' --match 'title=Paper jam' --button 3`,
    );
  });

  it("takes a title for what it is, also when it looks like a regular expression", () => {
    expect(command(["pending", "srv"], ["srv"], "/a.b/")).toBe(
      String.raw`panwatch answer srv --match 'title=/^\/a\.b\/$/' --button IDOK`,
    );
  });
});
