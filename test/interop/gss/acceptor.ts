import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { fromHex, toHex } from "../../../src/bytes/hex.js";
import type { Fragment } from "../../../src/security/context.js";

/** What MIT's library refused, in its own words, and what it would tell the peer. */
export class GssRefusal extends Error {
  readonly token: Uint8Array;

  constructor(message: string, token: Uint8Array = new Uint8Array(0)) {
    super(message);
    this.token = token;
  }
}

export interface AcceptorOptions {
  readonly python: string;
  readonly keytab: string;
  readonly config: string;
  /** Whether header and sec_trailer of fragments are signed with them. */
  readonly headerSigning: boolean;
}

/** MIT's GSS-API as the server's side of a DCE-style context, behind driver.py. */
export class GssAcceptor implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;
  readonly #options: AcceptorOptions;
  #keytab: { keytab: string } | null;
  #stderr = "";

  constructor(options: AcceptorOptions) {
    const driver = fileURLToPath(new URL("driver.py", import.meta.url));
    // No replay cache: it would be a file that all tests of the machine share.
    const env = { ...process.env, KRB5_CONFIG: options.config, KRB5RCACHENAME: "none:" };
    this.#child = spawn(options.python, [driver], { env });
    this.#child.stderr.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.#lines = createInterface(this.#child.stdout);
    this.#answers = this.#lines[Symbol.asyncIterator]();
    this.#options = options;
    this.#keytab = { keytab: options.keytab };
  }

  /** Takes a token of the exchange; the first one begins it. */
  async accept(
    token: Uint8Array,
  ): Promise<{ token: Uint8Array; done: boolean; confidentiality: boolean; user: string }> {
    const answer = await this.#ask({ do: "accept", token: toHex(token), ...this.#keytab });
    this.#keytab = null;
    const { done, confidentiality, user } = answer;
    return {
      token: fromHex(String(answer.token)),
      done: done === true,
      confidentiality: confidentiality === true,
      user: String(user),
    };
  }

  async mic(data: Uint8Array): Promise<Uint8Array> {
    return fromHex(String((await this.#ask({ do: "mic", data: toHex(data) })).token));
  }

  async verify(data: Uint8Array, mic: Uint8Array): Promise<void> {
    await this.#ask({ do: "verify", data: toHex(data), token: toHex(mic) });
  }

  /** Seals the body in place and returns the token. */
  async seal(fragment: Fragment): Promise<Uint8Array> {
    const answer = await this.#ask({ do: "seal", ...this.#partsOf(fragment) });
    fragment.bytes.set(fromHex(String(answer.data)), fragment.bodyStart);
    return fromHex(String(answer.token));
  }

  /** Unseals the body in place. */
  async unseal(fragment: Fragment, token: Uint8Array): Promise<void> {
    const answer = await this.#ask({ do: "unseal", ...this.#partsOf(fragment), token: toHex(token) });
    if (answer.encrypted !== true) throw new GssRefusal("the fragment was not encrypted");
    fragment.bytes.set(fromHex(String(answer.data)), fragment.bodyStart);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#child, "close");
    this.#child.stdin.end();
    await gone;
    this.#lines.close();
  }

  #partsOf({ bytes, bodyStart, bodyEnd }: Fragment) {
    const signed = (start: number, end?: number) =>
      this.#options.headerSigning ? toHex(bytes.subarray(start, end)) : "";
    return { before: signed(0, bodyStart), data: toHex(bytes.subarray(bodyStart, bodyEnd)), after: signed(bodyEnd) };
  }

  async #ask(request: object): Promise<Record<string, unknown>> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await this.#answers.next();
    if (line.done === true) throw new Error(`driver.py ended: ${this.#stderr}`);
    const answer = JSON.parse(line.value) as Record<string, unknown>;
    if (typeof answer.error === "string") throw new GssRefusal(answer.error, fromHex(String(answer.token)));
    return answer;
  }
}
