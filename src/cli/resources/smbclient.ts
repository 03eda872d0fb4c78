import { spawn, type ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { toHex } from "../../bytes/hex.js";
import { AuthenticationError, HresultError, PanwatchError, UnreachableError } from "../../errors.js";
import { HRESULTS } from "../../pan/hresults.js";
import { formatAccount } from "../../security/account.js";
import type { Identity } from "../../security/identity.js";
import type { Credential } from "../../security/logon.js";

/** Debian's smbclient is not installed. */
export class NoSmbclientError extends PanwatchError {}

/** A share of a server, and who opens it. */
export interface Share {
  readonly server: string;
  readonly targetIp: string | null;
  readonly account: Pick<Identity, "user" | "domain">;
  readonly credential: Credential;
}

/** The share that holds the files of printer drivers. */
const SHARE = "print$";
/** The descriptor that smbclient reads the secret from. */
const SECRET_FD = 3;
/** Bytes that smbclient may say: it lists a thousand files in less. */
const MAX_OUTPUT = 4 * 2 ** 20;
/** Units that `ulimit -f` counts in. */
const BLOCK = 512;

/** The arguments of smbclient for a share: never a secret, as every user of this machine may read them. */
export function smbclientArguments({ server, targetIp, account: { user, domain }, credential }: Share): string[] {
  return [
    `//${server}/${SHARE}`,
    ...(targetIp === null ? [] : ["-I", targetIp]),
    ...(user === null ? [] : ["-U", formatAccount({ user, domain })]),
    `--use-kerberos=${credential.kind === "tickets" ? "required" : "off"}`,
    ...(credential.kind === "nt-hash" ? ["--pw-nt-hash"] : []),
  ];
}

/**
 * Runs commands of smbclient on a server's share `print$` and gives what it says; no file that it writes gets larger than
 * `maxFile` bytes. Throws a NoSmbclientError, an AuthenticationError for a refused logon, an HresultError for a share that
 * we may not read, or an UnreachableError.
 */
export async function smbclient(
  share: Share,
  commands: readonly string[],
  { maxFile, signal }: { readonly maxFile: number; readonly signal: AbortSignal },
): Promise<string> {
  const { args, env, secret } = passedOn(share.credential);
  // The shell bounds what a file may grow to, then makes room for the program itself.
  const script = `ulimit -f ${Math.ceil(maxFile / BLOCK)} && exec smbclient "$@"`;
  const child = spawn("sh", ["-c", script, "sh", ...smbclientArguments(share), ...args], {
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    env: { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC", ...env },
    signal,
  });
  tell(child.stdin, `${commands.join("\n")}\n`);
  tell(child.stdio[SECRET_FD] as Writable, secret);
  const closed = exitOf(child);
  const [said, complaints, code] = await Promise.all([
    bounded(child, child.stdout),
    bounded(child, child.stderr),
    closed,
  ]);
  if (code === 127) throw new NoSmbclientError("program", "smbclient is not installed", { hint: HINT });
  const refused = /^(?:session setup|tree connect|protocol negotiation|do_connect).*$/m.exec(said)?.[0] ?? "";
  const status = /NT_STATUS_\w+/.exec(`${complaints}\n${refused}`)?.[0];
  if (status !== undefined) throw refusal(status, share.server);
  if (said.length >= MAX_OUTPUT) throw new PanwatchError("program", `smbclient said more than ${MAX_OUTPUT} bytes`);
  if (code !== 0 && said === "")
    throw new PanwatchError("program", `smbclient ended with ${code}: ${complaints.trim()}`);
  return said;
}

const HINT = "install Debian's smbclient, or use the commands that are printed without -o json";

/** How a credential gets to smbclient: by a cache's name, or on a descriptor that nobody else can read. */
function passedOn(credential: Credential): {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly secret: string;
} {
  if (credential.kind === "tickets") {
    const { cache } = credential;
    // The option keeps smbclient from asking for a password; up to Samba 4.17 the variable is what chooses the cache.
    return { args: [`--use-krb5-ccache=${cache}`], env: { KRB5CCNAME: cache }, secret: "" };
  }
  const secret = credential.kind === "password" ? credential.password : toHex(credential.hash);
  return { args: [], env: { PASSWD_FD: `${SECRET_FD}` }, secret: `${secret}\n` };
}

/** A program that does not read what it is told is none of our business. */
function tell(stream: Writable, text: string): void {
  stream.on("error", () => undefined);
  stream.end(text);
}

/** What a program says; it is ended when that is too much. */
async function bounded(child: ChildProcess, stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    if (text.length < MAX_OUTPUT) text += chunk as string;
    else child.kill();
  }
  return text;
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(notRun(cause)));
    child.once("close", resolve);
  });
}

function notRun(cause: NodeJS.ErrnoException): PanwatchError {
  if (cause.name === "AbortError") return new PanwatchError("aborted", "fetching was interrupted", { cause });
  const text = `the shell that starts smbclient cannot be run (${cause.code ?? cause.message})`;
  return new PanwatchError("program", text, { cause });
}

function refusal(status: string, server: string): PanwatchError {
  const what = `smbclient could not open //${server}/${SHARE} (${status})`;
  if (/LOGON_FAILURE|ACCOUNT|PASSWORD/.test(status)) return new AuthenticationError(what);
  if (status === "NT_STATUS_ACCESS_DENIED")
    return new HresultError("smbclient", HRESULTS.E_ACCESSDENIED, what, {
      hint: `ask who administers the server for the right to read ${SHARE}`,
    });
  return new UnreachableError("connect", what, { hint: "the share needs TCP port 445" });
}
