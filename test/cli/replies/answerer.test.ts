import { existsSync, readFileSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  createAnswerer,
  parseReplyOption,
  type AnswererOptions,
  type LineAnswerer,
} from "../../../src/cli/replies/index.js";
import { PanwatchError } from "../../../src/errors.js";
import type { Answer, Question } from "../../../src/watch/options.js";
import { groupIsAlive, processIdIn, Scripts } from "../programs/scripts.js";
import { CUSTOM_DATA, CUSTOM_UI, PAPER_JAM, question } from "./questions.js";
import { eventually } from "../../support/eventually.js";

function answerer(reply: string, more: Partial<AnswererOptions> = {}): LineAnswerer {
  const answer = createAnswerer({
    reply: parseReplyOption(reply),
    replyTimeoutMs: 20_000,
    prompter: null,
    stderr: () => undefined,
    notice: () => undefined,
    ...more,
  });
  if (answer === null) throw new Error("nothing answers");
  return answer;
}

const ask = (answer: LineAnswerer, asked: Question = question(PAPER_JAM)): Promise<Answer | null> =>
  answer(asked, new AbortController().signal, lineOf(asked));

const lineOf = ({ event: { id, notification } }: Question): string => JSON.stringify({ id, kind: notification.kind });

async function failure(asked: Promise<unknown>): Promise<PanwatchError> {
  const error: unknown = await asked.catch((reason: unknown) => reason);
  if (!(error instanceof PanwatchError)) throw new Error("it did not fail as it should", { cause: error });
  return error;
}

describe("what answers", () => {
  it("is nothing without --reply and -i", () => {
    const reply = parseReplyOption("none");
    const more = { replyTimeoutMs: 1, stderr: () => undefined, notice: () => undefined };
    expect(createAnswerer({ reply, prompter: null, ...more })).toBe(null);
  });

  it("is the button that --reply names", async () => {
    expect(await ask(answerer("button==Retry"))).toEqual({
      via: "button",
      reply: { kind: "button", button: PAPER_JAM.buttons[1] },
    });
    expect(await failure(ask(answerer("button=7")))).toMatchObject({ code: "reply" });
  });

  it("leaves custom UI and data to others when --reply names a button", async () => {
    expect(await ask(answerer("button=IDOK"), question(CUSTOM_UI))).toBe(null);
    expect(await ask(answerer("button=IDOK"), question(CUSTOM_DATA))).toBe(null);
  });

  it("is a rule", async () => {
    using scripts = new Scripts();
    const rules = [
      { match: { title: "/jam/" }, button: "IDCANCEL" },
      { match: { dll: "vendor.dll", entrypoint: "AskUser" }, text: "tray 2" },
    ];
    const answer = answerer(`rules=${scripts.file("rules.json", JSON.stringify(rules))}`);
    expect(await ask(answer)).toEqual({ via: "rules", reply: { kind: "button", button: PAPER_JAM.buttons[2] } });
    expect(await ask(answer, question(CUSTOM_UI))).toEqual({ via: "rules", reply: { kind: "text", text: "tray 2" } });
    expect(await ask(answer, question(CUSTOM_DATA))).toBe(null);
  });
});

describe("a reply program", () => {
  it("reads the JSON line and the environment, and answers", async () => {
    using scripts = new Scripts();
    const program = scripts.node(
      "answer",
      `const line = require("node:fs").readFileSync(0, "utf8");
       const { PANWATCH_EVENT_TYPE: type, PANWATCH_EVENT_TITLE: title } = process.env;
       console.log(JSON.stringify({ text: [line, type, title].join("|") }));`,
    );
    expect(await ask(answerer(`exec=${program}`), question(CUSTOM_UI))).toEqual({
      via: "exec",
      reply: { kind: "text", text: '{"id":"n1","kind":"customUi"}\n|notification.customUi|' },
    });
  });

  it("may answer with each form of a button, or skip", async () => {
    using scripts = new Scripts();
    const printing = (line: string): LineAnswerer => answerer(`exec=${scripts.sh("answer", `echo '${line}'`)}`);
    const button = (index: number): unknown => ({
      via: "exec",
      reply: { kind: "button", button: PAPER_JAM.buttons[index] },
    });
    expect(await ask(printing("IDOK"))).toEqual(button(0));
    expect(await ask(printing("3"))).toEqual(button(1));
    expect(await ask(printing("=Cancel"))).toEqual(button(2));
    expect(await ask(printing('{"button":"=Retry"}'))).toEqual(button(1));
    expect(await ask(printing("skip"))).toBe(null);
  });

  it("passes its stderr on", async () => {
    using scripts = new Scripts();
    const stderr: string[] = [];
    const program = scripts.sh("talks", "echo thinking >&2; printf '\\033[31mhard' >&2; echo skip");
    await ask(answerer(`exec=${program}`, { stderr: (line) => stderr.push(line) }));
    expect(stderr).toEqual(["thinking", "hard"]);
  });

  it.each([
    ["exit 3", "ended with exit status 3 (for n1)."],
    ["echo IDOK; exit 1", "ended with exit status 1 (for n1)."],
    ["kill -KILL $$", "was ended by SIGKILL (for n1)."],
    ["true", "gave no answer: it printed no answer (for n1)."],
    ["echo IDOK; echo IDOK", "gave no answer: it printed more than one line (for n1)."],
    ["yes | head -c 104857600", "gave no answer: it printed more than one line (for n1)."],
    ["head -c 104857600 /dev/zero", "gave no answer: it printed a line of more than 64 KiB (for n1)."],
    [
      "head -c 300 /dev/urandom | tr -d '\\n'; printf '\\377'",
      "gave no answer: it printed bytes that are not UTF-8 (for n1).",
    ],
  ])("that does %j answers nothing", async (script, problem) => {
    using scripts = new Scripts();
    const error = await failure(ask(answerer(`exec=${scripts.sh("bad", script)}`)));
    expect(error).toMatchObject({ code: "program", message: `The reply program bad ${problem}` });
  });

  it("must give a button to a message box, and a text to custom UI and data", async () => {
    using scripts = new Scripts();
    const text = answerer(`exec=${scripts.sh("text", `echo '{"text":"2"}'`)}`);
    expect(await failure(ask(text))).toMatchObject({ code: "reply" });
    expect(await ask(text, question(CUSTOM_DATA))).toEqual({ via: "exec", reply: { kind: "text", text: "2" } });
    const button = answerer(`exec=${scripts.sh("button", "echo IDOK")}`);
    expect(await failure(ask(button, question(CUSTOM_UI)))).toMatchObject({ code: "reply" });
    expect(await failure(ask(answerer(`exec=${scripts.sh("other", "echo 9")}`)))).toMatchObject({ code: "reply" });
  });

  it("that has gone since it was looked for is told", async () => {
    using scripts = new Scripts();
    const program = scripts.sh("here", "echo IDOK");
    const answer = answerer(`exec=${program}`);
    rmSync(program);
    expect(await failure(ask(answer))).toMatchObject({ code: "program" });
  });

  it("that takes too long is stopped", async () => {
    using scripts = new Scripts();
    const program = scripts.sh("slow", "echo IDOK; sleep 600");
    const error = await failure(ask(answerer(`exec=${program}`, { replyTimeoutMs: 100 })));
    expect(error.message).toBe("The reply program slow had not ended after 100 ms and was stopped (for n1).");
  });

  it("is stopped when nobody waits for its answer any more", async () => {
    using scripts = new Scripts();
    const pid = scripts.path("pid");
    const program = scripts.sh("slow", `echo $$ > ${pid}; sleep 600; echo IDOK`);
    const controller = new AbortController();
    const asked = answerer(`exec=${program}`)(question(PAPER_JAM), controller.signal, "");
    await processIdIn(pid);
    controller.abort();
    expect(await asked).toBe(null);
  });

  it("runs eight times side by side, the others wait their turn", async () => {
    using scripts = new Scripts();
    // Each says that it runs and waits until it may go on.
    const program = scripts.node(
      "waits",
      `const { existsSync, writeFileSync } = require("node:fs");
       const folder = ${JSON.stringify(scripts.folder)};
       const id = process.env.PANWATCH_EVENT_ID;
       writeFileSync(folder + "/started-" + id, "");
       const timer = setInterval(() => {
         if (!existsSync(folder + "/go-" + id)) return;
         clearInterval(timer);
         console.log("IDOK");
       }, 5);`,
    );
    const answer = answerer(`exec=${program}`);
    const ids = Array.from({ length: 10 }, (_, index) => `n${index + 1}`);
    const controllers = ids.map(() => new AbortController());
    const asked = ids.map((id, index) =>
      answer(question(PAPER_JAM, { id }), controllers[index]?.signal ?? AbortSignal.abort(), ""),
    );
    const started = (): string[] => ids.filter((id) => existsSync(scripts.path(`started-${id}`)));
    await eventually(() => expect(started()).toEqual(ids.slice(0, 8)));
    // One that waits is withdrawn; the next one takes the place that becomes free.
    controllers[8]?.abort();
    expect(await asked[8]).toBe(null);
    scripts.file("go-n4", "");
    expect(await asked[3]).toMatchObject({ via: "exec" });
    await eventually(() => expect(started()).toEqual([...ids.slice(0, 8), "n10"]));
    for (const id of ids) scripts.file(`go-${id}`, "");
    expect(await Promise.all(asked)).toHaveLength(10);
  });

  it("leaves nothing of its process group when it has answered", async () => {
    using scripts = new Scripts();
    const program = scripts.sh("forks", `sleep 600 & echo $$ > ${scripts.path("pid")}; echo IDOK`);
    expect(await ask(answerer(`exec=${program}`))).toMatchObject({ via: "exec" });
    expect(groupIsAlive(Number(readFileSync(scripts.path("pid"), "utf8")))).toBe(false);
  });
});
