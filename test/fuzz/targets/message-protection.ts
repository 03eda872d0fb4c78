import { toHex } from "../../../src/bytes/hex.js";
import { DecodeError, IntegrityError, ProtocolError } from "../../../src/errors.js";
import { RESPONSE_STUB_OFFSET } from "../../../src/rpc/pdu/response.js";
import { decodePdu } from "../../../src/rpc/pdu/pdu.js";
import { buildFragment, openFragment, responseHead } from "../../../src/rpc/secure-fragments.js";
import type { AuthLevel, MessageProtection } from "../../../src/security/context.js";
import { createTokens, KerberosProtection } from "../../../src/security/kerberos/protection.js";
import { ENCTYPES, type EncryptionKey } from "../../../src/security/kerberos/encryption.js";
import { NtlmSession } from "../../../src/security/ntlm/session.js";
import { SUPPORTED_FLAGS } from "../../../src/security/ntlm/flags.js";
import { must, orRefuse, type FuzzTarget } from "../engine/target.js";

/** One end of a protected connection, always with the same keys. */
type End = (side: "client" | "server", level: AuthLevel) => MessageProtection;

const AES_KEY: EncryptionKey = { enctype: ENCTYPES.aes256, value: new Uint8Array(32).fill(3) };
const RC4_KEY: EncryptionKey = { enctype: ENCTYPES.rc4, value: new Uint8Array(16).fill(3) };

function kerberosEnd(key: EncryptionKey): End {
  return (side, level) => {
    const [client, server] = [false, true].map((isAcceptor) => ({ isAcceptor, sequence: 5 }));
    if (client === undefined || server === undefined) throw new RangeError("two sides");
    const [own, other] = side === "client" ? [client, server] : [server, client];
    const tokens = createTokens({ key, isAcceptorSubkey: true }, own, other);
    return new KerberosProtection(tokens, { level, headerSigning: true });
  };
}

const ENDS: readonly End[] = [
  (side, level) =>
    new NtlmSession(SUPPORTED_FLAGS, new Uint8Array(16).fill(3), side).protect({ level, headerSigning: true }),
  kerberosEnd(AES_KEY),
  kerberosEnd(RC4_KEY),
];
const LEVELS = ["integrity", "privacy"] as const;
const CONFIGURATIONS = ENDS.flatMap((end) => LEVELS.map((level) => ({ end, level })));

const STUB = Uint8Array.from({ length: 40 }, (_, i) => i);

/** The first fragment that a server sends; what an honest one sends for the client to verify. */
function genuine({ end, level }: { end: End; level: AuthLevel }): Uint8Array {
  const head = responseHead(3, 1, { allocHint: STUB.length, contextId: 0, cancelCount: 0 });
  const security = { authType: 9, level, contextId: 1, protection: end("server", level) };
  return buildFragment(head, STUB, new Uint8Array(0), security);
}

const seeds = CONFIGURATIONS.map(genuine);
const genuineHeads = new Set(seeds.map(signedHead));

/** What of a fragment stays as it is when it is sealed, and is signed. */
function signedHead(fragment: Uint8Array): string {
  return toHex(fragment.subarray(0, RESPONSE_STUB_OFFSET));
}

/** Signed and sealed fragments: nothing opens but what was sent. Some bytes of a token mean nothing, as Kerberos's RRC. */
export const messageProtection: FuzzTarget = {
  name: "message-protection",
  seeds,
  run(input) {
    const pdu = orRefuse(() => decodePdu(input), DecodeError);
    if (pdu?.type !== "response") return;
    const head = signedHead(input);
    for (const { end, level } of CONFIGURATIONS) {
      const bytes = input.slice();
      const decoded = decodePdu(bytes);
      const security = { authType: 9, level, contextId: 1, protection: end("client", level) };
      const stub = orRefuse(
        () => openFragment(bytes, RESPONSE_STUB_OFFSET, decoded.auth, security),
        IntegrityError,
        ProtocolError,
      );
      if (stub === null) continue;
      must(genuineHeads.has(head) && toHex(stub) === toHex(STUB), "only genuine fragments open");
    }
  },
};
