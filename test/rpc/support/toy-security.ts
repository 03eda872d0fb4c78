import { IntegrityError } from "../../../src/errors.js";
import type {
  Fragment,
  MessageProtection,
  Proof,
  ProtectionOptions,
  SecurityContext,
  SecurityStep,
} from "../../../src/security/context.js";

/** Seals by XOR and signs by a sum and a sequence number: enough to see who called it with what, and nothing else. */
export class ToyProtection implements MessageProtection {
  readonly options: ProtectionOptions;
  sent = 0;
  received = 0;

  constructor(options: ProtectionOptions) {
    this.options = options;
  }

  tokenLength(): number {
    return 16;
  }

  wrap(fragment: Fragment): Uint8Array {
    const token = tokenOf(this.sent++, fragment);
    seal(fragment);
    return token;
  }

  unwrap(fragment: Fragment, token: Uint8Array): void {
    seal(fragment);
    if (Buffer.compare(token, tokenOf(this.received, fragment)) !== 0)
      throw new IntegrityError(`toy signature ${this.received} does not verify`);
    this.received++;
  }
}

function tokenOf(sequence: number, { bytes }: Fragment): Uint8Array {
  const token = new Uint8Array(16);
  const view = new DataView(token.buffer);
  view.setUint32(0, sequence);
  view.setUint32(
    4,
    bytes.reduce((sum, byte, index) => (sum * 31 + byte + index) >>> 0, 7),
  );
  return token;
}

function seal({ bytes, bodyStart, bodyEnd }: Fragment): void {
  for (let i = bodyStart; i < bodyEnd; i++) bytes[i] = (bytes[i] ?? 0) ^ 0x5a;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A mechanism of four legs: hello, challenge, proof, accepted. */
export class ToySecurity implements SecurityContext {
  readonly authType = 9;
  readonly mechanism = "NTLM";
  readonly user = "TOY\\alice";
  proof: Proof = "none";
  protection: ToyProtection | null = null;

  step(token: Uint8Array | null): Promise<SecurityStep> {
    if (token === null) return Promise.resolve({ token: text("hello"), done: false });
    const said = new TextDecoder().decode(token);
    if (said === "challenge") {
      this.proof = "password";
      return Promise.resolve({ token: text("proof"), done: false });
    }
    if (said === "again") return Promise.resolve({ token: text("and again"), done: false });
    if (said === "accepted") return Promise.resolve({ token: null, done: true });
    return Promise.reject(new IntegrityError(`the toy does not understand ${said}`));
  }

  protect(options: ProtectionOptions): MessageProtection {
    this.protection = new ToyProtection(options);
    return this.protection;
  }
}
