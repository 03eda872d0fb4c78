import { bench, describe } from "vitest";
import type { Fragment, MessageProtection } from "../../src/security/context.js";
import { ENCTYPES } from "../../src/security/kerberos/encryption.js";
import { createTokens, KerberosProtection } from "../../src/security/kerberos/protection.js";

/** 1 MiB of stub in fragments of 5840 bytes: hz is MiB/s. */
const FRAGMENT_SIZE = 5840;
const HEADER_SIZE = 24;
const SEC_TRAILER_SIZE = 8;

const KEYS = [
  ["AES256", { enctype: ENCTYPES.aes256, value: new Uint8Array(32) }],
  ["AES128", { enctype: ENCTYPES.aes128, value: new Uint8Array(16) }],
  ["RC4", { enctype: ENCTYPES.rc4, value: new Uint8Array(16) }],
] as const;

describe.each(KEYS)("1 MiB with %s at privacy level", (_, key) => {
  const protection = (isAcceptor: boolean): MessageProtection => {
    const own = { isAcceptor, sequence: 0 };
    const tokens = createTokens({ key, isAcceptorSubkey: true }, own, { isAcceptor: !isAcceptor, sequence: 0 });
    return new KerberosProtection(tokens, { level: "privacy", headerSigning: true });
  };
  const sender = protection(false);
  const [both, receiver] = [protection(false), protection(true)];

  const size = FRAGMENT_SIZE - sender.tokenLength(0);
  const bodyEnd = size - SEC_TRAILER_SIZE;
  const fragment: Fragment = { bytes: new Uint8Array(size), bodyStart: HEADER_SIZE, bodyEnd };
  const fragments = Math.ceil(2 ** 20 / (bodyEnd - HEADER_SIZE));

  bench("wrap", () => {
    for (let i = 0; i < fragments; i++) sender.wrap(fragment);
  });

  bench("wrap and unwrap", () => {
    for (let i = 0; i < fragments; i++) receiver.unwrap(fragment, both.wrap(fragment));
  });
});
