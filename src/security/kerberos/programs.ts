import { spawn } from "node:child_process";
import { type Attempt, KerberosError, lateError } from "./failures.js";
import { userCacheName } from "./gss.js";

/** Programs of krb5-user that are run. */
export type KerberosProgram = "kinit" | "klist" | "kvno";

/** More than these programs ever say. */
const MAX_OUTPUT = 1024 * 1024;

export interface ProgramResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program without a shell, `input` on its standard input (never a secret in its arguments). Throws a KerberosError
 * when it is not installed or does not end in time.
 */
export async function runProgram(
  program: KerberosProgram,
  args: readonly string[],
  attempt: Attempt,
  input = "",
): Promise<ProgramResult> {
  const { patienceMs: timeout, signal: given } = attempt;
  const limits = { timeout, killSignal: "SIGKILL", ...(given !== undefined && { signal: given }) } as const;
  const began = performance.now();
  const child = spawn(program, args, { env: childEnvironment(), stdio: "pipe", ...limits });
  if (child.pid !== undefined) attempt.note?.(`${[program, ...args].join(" ")} runs as process ${child.pid}`);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  // A program that never reads its input ends with EPIPE here, and says why on its stderr.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const { code, signal } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(
    (resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        resolve({ code, signal });
      });
    },
  ).catch((error: unknown) => {
    if (given?.aborted === true) throw lateError(attempt);
    throw new KerberosError("not-installed", `the program ${program} cannot be run`, {
      hint: "install the Kerberos programs (Debian: krb5-user)",
      cause: error,
    });
  });
  const ms = Math.round(performance.now() - began);
  attempt.note?.(`${program} ended after ${ms} ms with ${signal ?? `exit status ${code}`}`);
  if (signal !== null) throw lateError(attempt);
  return { ok: code === 0, stdout: stdout(), stderr: stderr() };
}

/** The user's environment, with messages in English so that they are recognised. */
function childEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, KRB5CCNAME: userCacheName(), LC_ALL: "C" };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    if (text.length < MAX_OUTPUT) text += chunk;
  });
  return () => text;
}
