import { closeSync, openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { AuthenticationError, PanwatchError } from "../errors.js";
import { aborted, delay, onAbort } from "../waiting.js";

/** How long after a terminal's end the SIGHUP that tells of it may come, in milliseconds. */
const HANGUP_MS = 200;

/**
 * Asks for a password on the terminal that controls the process, without echo, so that stdin and stdout may be pipes.
 * Throws an AuthenticationError without a terminal or without an answer, and a PanwatchError (`aborted`) when the signal
 * aborts. Ctrl-C is passed on as SIGINT, which is expected to abort the signal: whoever waits for it ends by the signal,
 * not by an error of the logon.
 */
export async function askPassword(question: string, hint: string, signal: AbortSignal): Promise<string> {
  if (signal.aborted) throw interrupted();
  const terminal = openTerminal(hint);
  try {
    const answer = await readSecretLine(terminal, question, signal);
    say(terminal.output, "\n");
    if (answer === "interrupted") await interrupt(signal);
    if (answer === "lost") await delay(HANGUP_MS, signal);
    if (signal.aborted) throw interrupted();
    if (typeof answer === "string" || answer.text === "")
      throw new AuthenticationError("No password was given.", { hint });
    return answer.text;
  } finally {
    terminal.input.destroy();
    closeSync(terminal.output);
  }
}

/** A terminal that has gone away takes nothing; whoever reads from it hears of that. */
function say(output: number, text: string): void {
  try {
    writeSync(output, text);
  } catch {
    return;
  }
}

function interrupted(): PanwatchError {
  return new PanwatchError("aborted", "The password prompt was interrupted.");
}

async function interrupt(signal: AbortSignal): Promise<void> {
  process.kill(process.pid, "SIGINT");
  await aborted(signal);
}

interface Terminal {
  readonly input: ReadStream;
  readonly output: number;
}

function openTerminal(hint: string): Terminal {
  try {
    const output = openSync("/dev/tty", "w");
    return { input: new ReadStream(openSync("/dev/tty", "r")), output };
  } catch (error) {
    throw new AuthenticationError("A password is needed, and there is no terminal to ask for it.", {
      hint,
      cause: error,
    });
  }
}

type SecretLineResult = { text: string } | "interrupted" | "aborted" | "ended" | "lost";

function readSecretLine({ input, output }: Terminal, question: string, signal: AbortSignal): Promise<SecretLineResult> {
  const line = new SecretLine();
  const decoder = new TextDecoder("utf-8");
  return new Promise((resolve) => {
    let isOver = false;
    const finish = (result: SecretLineResult): void => {
      // One that has gone away cannot be put back either, which is another error.
      if (isOver) return;
      isOver = true;
      listening[Symbol.dispose]();
      input.setRawMode(false);
      resolve(result);
    };
    const listening = onAbort(signal, () => finish("aborted"));
    input.on("data", (chunk: Uint8Array) => {
      const state = line.feed(decoder.decode(chunk, { stream: true }));
      if (state !== "more") finish(state === "done" ? { text: line.text } : state);
    });
    input.on("end", () => finish("lost"));
    input.on("error", () => finish("lost"));
    // Nobody is asked before the terminal has stopped showing what is typed.
    input.setRawMode(true);
    say(output, question);
  });
}

/** A line that is typed unseen: Enter ends it, Backspace and Ctrl-U correct it, Ctrl-C and Ctrl-D give up. */
export class SecretLine {
  #characters: string[] = [];

  get text(): string {
    return this.#characters.join("");
  }

  /** Takes what was typed or pasted; what follows the end of the line is not looked at. */
  feed(typed: string): "more" | "done" | "interrupted" | "ended" {
    for (const char of typed) {
      if (char === "\r" || char === "\n") return "done";
      if (char === "\x03") return "interrupted";
      if (char === "\x04") {
        if (this.#characters.length === 0) return "ended";
      } else if (char === "\x7f" || char === "\b") {
        this.#characters.pop();
      } else if (char === "\x15") {
        this.#characters = [];
      } else if (char >= " ") {
        this.#characters.push(char);
      }
    }
    return "more";
  }
}
