import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.js";
import type { AuthLevel } from "../../../src/security/context.js";
import { SpnegoAcceptor } from "../../../src/security/spnego/acceptor.js";
import { SpnegoInitiator } from "../../../src/security/spnego/initiator.js";
import { copyOf, exchange, fragment, ntlmAcceptor, ntlmInitiator } from "../support/exchange.js";

const LEVELS: readonly AuthLevel[] = ["packet", "integrity", "privacy"];

describe("NTLM inside SPNEGO, initiator against acceptor", () => {
  it.each(LEVELS.flatMap((level) => [true, false].map((headerSigning) => ({ level, headerSigning }))))(
    "protects fragments both ways at $level level, header signing $headerSigning",
    async (options) => {
      const initiator = new SpnegoInitiator(ntlmInitiator());
      const acceptor = new SpnegoAcceptor({ mechanisms: [ntlmAcceptor()] });
      expect(await exchange(initiator, acceptor)).toHaveLength(4);

      const client = initiator.protect(options);
      const server = acceptor.protect(options);
      for (const length of [0, 16, 5824, 32]) {
        for (const [from, to] of [
          [client, server],
          [server, client],
        ] as const) {
          const original = fragment(length);
          const sent = copyOf(original);
          const token = from.wrap(sent);
          expect(token).toHaveLength(from.tokenLength(length));
          if (options.level !== "privacy" || length === 0) expect(sent.bytes).toEqual(original.bytes);
          else expect(sent.bytes).not.toEqual(original.bytes);
          to.unwrap(sent, token);
          expect(toHex(sent.bytes)).toBe(toHex(original.bytes));
        }
      }
    },
  );
});
