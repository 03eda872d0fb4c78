import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { Writable } from "node:stream";
import { AuthenticationError, PanwatchError, UnreachableError } from "../../errors.js";
import { formatAccount } from "../../security/account.js";
import type { Identity } from "../../security/identity.js";
import { toHex } from "../../bytes/hex.js";

/** Debian's smbclient is not installed. */
export class NoSmbclientError extends PanwatchError {}

export interface SmbclientOptions {
  readonly server: string;
  readonly targetIp: string | null;
  readonly identity: Identity;
  /** Bytes of a file at most. */
  readonly maxFile: number;
  readonly signal: AbortSignal;
}

/** smbclient's commands are not told to other users: neither they nor a secret stand among its arguments. */
const PASSWORD_FD = 3;
/** Units that `ulimit -f` counts in. */
const BLOCK = 512;

/**
 * Runs commands of smbclient on a server's share `print$`, with the identity's ticket or its secret, and gives what it says. Throws a
 * NoSmbclientError, an AuthenticationError for a refused logon, or an UnreachableError.
 */
export async function smbclient(options: SmbclientOptions, commands: readonly string[]): Promise<string> {
  const { server, targetIp, maxFile, signal } = options;
  const { args, password } = await credentials(options.identity);
  const all = [`//${server}/print$`, ...args, ...(targetIp === null ? [] : ["-I", targetIp])];
  // The shell bounds what a file may grow to, then makes room for the program itself.
  const script = `ulimit -f ${Math.ceil(maxFile / BLOCK)} && exec smbclient "$@"`;
  const child = spawn("sh", ["-c", script, "sh", ...all], {
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    env: { ...process.env, LC_ALL: "C.UTF-8", ...(password === "" ? {} : { PASSWD_FD: `${PASSWORD_FD}` }) },
    signal,
  });
  const streams = [child.stdin, child.stdio[PASSWORD_FD] as Writable];
  for (const stream of streams) stream.on("error", () => undefined);
  streams[1]?.end(`${password}\n`);
  streams[0]?.end(`${commands.join("\n")}\n`);
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [said, complaints, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]).catch(aborted);
  if (code === 127) throw new NoSmbclientError("program", "smbclient is not installed", { hint: HINT });
  const problem = /NT_STATUS_\w+/.exec(
    `${complaints}\n${/^(?:session setup|tree connect|do_connect).*$/m.exec(said)?.[0] ?? ""}`,
  );
  if (problem !== null) throw refusal(problem[0], server);
  if (code !== 0 && said === "")
    throw new PanwatchError("program", `smbclient ended with ${code}: ${complaints.trim()}`);
  return said;
}

const HINT = "install Debian's smbclient, or fetch the files with the commands that are printed";

function aborted(error: unknown): never {
  if (error instanceof Error && error.name === "AbortError")
    throw new PanwatchError("aborted", "fetching was interrupted", { cause: error });
  throw error;
}

function refusal(status: string, server: string): PanwatchError {
  const what = `smbclient could not open //${server}/print$ (${status})`;
  if (/LOGON_FAILURE|ACCOUNT|PASSWORD/.test(status)) return new AuthenticationError(what);
  return new UnreachableError("connect", what, { hint: "the share needs TCP port 445, and the right to read it" });
}

interface Credentials {
  readonly args: readonly string[];
  /** What smbclient reads from PASSWORD_FD; empty with a ticket. */
  readonly password: string;
}

/** How smbclient is to log on: by the ticket of a cache, or with the password that it reads from a descriptor of its own. */
async function credentials({ user, domain, ccache, trial, secret: getSecret }: Identity): Promise<Credentials> {
  const name = user === null ? [] : ["-U", formatAccount({ user, domain })];
  // The spooler has been asked before: the secret has proved itself there, or it was a ticket.
  const secret = trial.proven ? await getSecret(false) : null;
  if (secret === null) {
    const cache = ccache === null ? [] : [`--use-krb5-ccache=${ccache}`];
    return { args: ["--use-kerberos=required", ...cache, ...name], password: "" };
  }
  if (secret.kind === "password") return { args: ["--use-kerberos=off", ...name], password: secret.password };
  return { args: ["--use-kerberos=off", "--pw-nt-hash", ...name], password: toHex(secret.hash) };
}
