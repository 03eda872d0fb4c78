import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { type Interface, createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { fromHex, toHex } from "../../../src/bytes/hex.js";
import type { Fragment, SecurityStep } from "../../../src/security/context.js";

export type PeerName = "panlib-acceptor" | "panlib-initiator" | "impacket-initiator" | "samba-initiator";

export interface PeerConfig {
  user: string;
  password: string;
  domain: string;
  target: string | null;
  level: 5 | 6;
  timestamp?: boolean;
  mic?: "auto" | "always" | "never" | "corrupt";
  noMic?: boolean;
  noMechListMic?: boolean;
  kerberosFirst?: boolean;
}

/** What a foreign implementation refused, in its own words. */
export class PeerRefusal extends Error {}

/** A foreign implementation of NTLM in SPNEGO behind driver.py. */
export class PeerProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;
  #stderr = "";

  constructor(python: string, name: PeerName, config: PeerConfig) {
    const driver = fileURLToPath(new URL("driver.py", import.meta.url));
    this.#child = spawn(python, [driver, name, JSON.stringify(config)]);
    this.#child.stderr.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.#lines = createInterface(this.#child.stdout);
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  async step(token: Uint8Array | null): Promise<SecurityStep> {
    const answer = await this.#ask({ do: "step", token: token && toHex(token) });
    return { token: answer.token === null ? null : fromHex(answer.token as string), done: answer.done as boolean };
  }

  /** Signs and at privacy level seals `fragment` in place, and returns the token. */
  async wrap(fragment: Fragment): Promise<Uint8Array> {
    const answer = await this.#ask({ do: "wrap", ...partsOf(fragment) });
    fragment.bytes.set(fromHex(answer.body as string), fragment.bodyStart);
    return fromHex(answer.token as string);
  }

  async unwrap(fragment: Fragment, token: Uint8Array): Promise<void> {
    const answer = await this.#ask({ do: "unwrap", ...partsOf(fragment), token: toHex(token) });
    fragment.bytes.set(fromHex(answer.body as string), fragment.bodyStart);
  }

  /** What the peer knows about the logon. */
  info(): Promise<Record<string, unknown>> {
    return this.#ask({ do: "info" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#child, "close");
    this.#child.stdin.end();
    await gone;
    this.#lines.close();
  }

  async #ask(request: object): Promise<Record<string, unknown>> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await this.#answers.next();
    if (line.done === true) throw new Error(`driver.py ended: ${this.#stderr}`);
    const answer = JSON.parse(line.value) as Record<string, unknown>;
    if (typeof answer.error === "string") throw new PeerRefusal(answer.error);
    return answer;
  }
}

function partsOf({ bytes, bodyStart, bodyEnd }: Fragment) {
  return {
    pre: toHex(bytes.subarray(0, bodyStart)),
    body: toHex(bytes.subarray(bodyStart, bodyEnd)),
    post: toHex(bytes.subarray(bodyEnd)),
  };
}
