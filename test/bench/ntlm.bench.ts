import { bench, describe } from "vitest";
import type { Fragment, MessageProtection } from "../../src/security/context.js";
import { md4 } from "../../src/security/crypto/md4.js";
import { SUPPORTED_FLAGS } from "../../src/security/ntlm/flags.js";
import { Rc4 } from "../../src/security/crypto/rc4.js";
import { NtlmSession } from "../../src/security/ntlm/session.js";

/** 1 MiB of stub in fragments of 5840 bytes: hz is MiB/s. */
const FRAGMENT_SIZE = 5840;
const HEADER_SIZE = 24;
const TRAILER_SIZE = 8 + 16;
const BODY_SIZE = FRAGMENT_SIZE - HEADER_SIZE - TRAILER_SIZE;
const FRAGMENTS = Math.ceil(2 ** 20 / BODY_SIZE);

const fragment: Fragment = {
  bytes: new Uint8Array(FRAGMENT_SIZE - 16),
  bodyStart: HEADER_SIZE,
  bodyEnd: HEADER_SIZE + BODY_SIZE,
};

describe.each(["integrity", "privacy"] as const)("1 MiB at %s level", (level) => {
  const session = (side: "client" | "server"): MessageProtection =>
    new NtlmSession(SUPPORTED_FLAGS, new Uint8Array(16), side).protect({ level, headerSigning: true });
  const sender = session("client");
  const [both, receiver] = [session("client"), session("server")];

  bench("wrap", () => {
    for (let i = 0; i < FRAGMENTS; i++) sender.wrap(fragment);
  });

  bench("wrap and unwrap", () => {
    for (let i = 0; i < FRAGMENTS; i++) receiver.unwrap(fragment, both.wrap(fragment));
  });
});

describe("1 MiB", () => {
  const data = new Uint8Array(2 ** 20);
  const rc4 = new Rc4(new Uint8Array(16));

  bench("RC4", () => {
    rc4.apply(data);
  });

  bench("MD4", () => {
    md4(data);
  });
});
