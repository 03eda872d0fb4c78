import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { SecurityStep } from "../../../src/security/context.js";
import { PeerRefusal } from "./peer-process.js";

/** The path of Samba's ntlm_auth; null where it is not installed. */
export function ntlmAuth(): string | null {
  const path = "/usr/bin/ntlm_auth";
  try {
    execFileSync(path, ["--version"], { stdio: "ignore" });
    return path;
  } catch {
    return null;
  }
}

/** Samba's SPNEGO and NTLM acceptor, which web proxies run as a program; it knows one user and password. */
export class NtlmAuthAcceptor {
  readonly #child;
  readonly #answers: AsyncIterator<string>;
  #first = true;
  /** Who logged on, in Samba's words. */
  user: string | null = null;

  constructor(path: string, user: { name: string; domain: string; password: string }) {
    this.#child = spawn(path, [
      "--helper-protocol=gss-spnego",
      `--username=${user.name}`,
      `--domain=${user.domain}`,
      `--password=${user.password}`,
    ]);
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  async step(token: Uint8Array | null): Promise<SecurityStep> {
    this.#child.stdin.write(`${this.#first ? "YR" : "KK"} ${Buffer.from(token ?? []).toString("base64")}\n`);
    this.#first = false;
    const line = await this.#answers.next();
    if (line.done === true) throw new Error("ntlm_auth ended");
    const [code = "", answer = "*", user = null] = line.value.split(" ");
    if (code !== "TT" && code !== "AF") throw new PeerRefusal(line.value);
    this.user = user;
    return { token: answer === "*" ? null : new Uint8Array(Buffer.from(answer, "base64")), done: code === "AF" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#child, "close");
    this.#child.stdin.end();
    await gone;
  }
}
