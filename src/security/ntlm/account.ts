import { encodeUtf16 } from "../../bytes/utf16.js";
import type { Secret } from "../identity.js";
import { md4 } from "../crypto/md4.js";

/** NTOWFv1: the NT hash of a password, or the one that was given ([MS-NLMP] 3.3.1). 16 bytes. */
export function ntHash(secret: Secret): Uint8Array {
  return secret.kind === "nt-hash" ? secret.hash : md4(encodeUtf16(secret.password));
}

/** Letters that Unicode upper-cases and the tables of Windows leave alone. */
const UNCHANGED = /[\u00b5\u0131\u017f]/;

/**
 * Upper case as Windows has it: one UTF-16 unit becomes one unit (German sharp s stays), or the response of a user with
 * such a letter would not verify.
 */
export function upcase(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charAt(i));
  return units
    .map((unit) => (UNCHANGED.test(unit) || unit.toUpperCase().length !== 1 ? unit : unit.toUpperCase()))
    .join("");
}
