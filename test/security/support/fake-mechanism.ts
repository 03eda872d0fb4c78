import { IntegrityError } from "../../../src/errors.js";
import type { MechanismName, MessageProtection, SecurityStep } from "../../../src/security/context.js";
import type { Mechanism } from "../../../src/security/mechanism.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (token: Uint8Array | null) => (token === null ? null : new TextDecoder().decode(token));

export interface FakeOptions {
  readonly name?: MechanismName;
  readonly oids: readonly string[];
  /** What it sends at each of its steps; null: nothing. The last one is done. */
  readonly says: readonly (string | null)[];
  /** Whether it sends a MIC, and expects one unless `expectsMic` says otherwise. */
  readonly sendsMic?: boolean;
  readonly expectsMic?: boolean;
  /** Who it is, for its MICs. */
  readonly side?: "client" | "server";
}

/** A mechanism without cryptography that follows a script and remembers what it was given. */
export class FakeMechanism implements Mechanism {
  readonly name: MechanismName;
  readonly oids: readonly string[];
  readonly sendsMic: boolean;
  readonly expectsMic: boolean;
  readonly user = "FAKE\\user";
  readonly heard: (string | null)[] = [];
  readonly #says: readonly (string | null)[];
  readonly #side: string;

  constructor({ name = "NTLM", oids, says, sendsMic = false, expectsMic = sendsMic, side = "client" }: FakeOptions) {
    this.name = name;
    this.oids = oids;
    this.sendsMic = sendsMic;
    this.expectsMic = expectsMic;
    this.#says = says;
    this.#side = side;
  }

  step(token: Uint8Array | null): Promise<SecurityStep> {
    const said = this.#says[this.heard.length];
    if (said === undefined) throw new Error("one step too many for the script");
    this.heard.push(text(token));
    const done = this.heard.length === this.#says.length;
    return Promise.resolve({ token: said === null ? null : bytes(said), done });
  }

  getMic(data: Uint8Array): Uint8Array {
    return fakeMic(this.#side, data);
  }

  verifyMic(data: Uint8Array, mic: Uint8Array): void {
    const peer = this.#side === "client" ? "server" : "client";
    if (Buffer.compare(fakeMic(peer, data), mic) !== 0) throw new IntegrityError("the MIC does not verify");
  }

  protect(): MessageProtection {
    return { tokenLength: () => 0, wrap: () => bytes(this.name), unwrap: () => undefined };
  }
}

/** What a side's MIC over some bytes looks like. */
export function fakeMic(side: string, data: Uint8Array): Uint8Array {
  return bytes(`${side} ${Buffer.from(data).toString("hex")}`);
}
