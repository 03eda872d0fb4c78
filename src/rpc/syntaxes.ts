import type { Guid } from "../bytes/guid.js";
import { toHex } from "../bytes/hex.js";
import { TRANSFER_SYNTAXES, type TransferSyntax } from "../ndr/syntax.js";
import { sameSyntax, type SyntaxId } from "./pdu/syntax-id.js";

/** What presentation contexts call a transfer syntax. */
export function transferSyntaxId(syntax: TransferSyntax): SyntaxId {
  const { uuid, version } = TRANSFER_SYNTAXES[syntax];
  return { uuid, major: version, minor: 0 };
}

/** The transfer syntax with this identifier; null for one that is not spoken here. */
export function transferSyntaxOf(id: SyntaxId): TransferSyntax | null {
  if (sameSyntax(id, transferSyntaxId("ndr"))) return "ndr";
  if (sameSyntax(id, transferSyntaxId("ndr64"))) return "ndr64";
  return null;
}

/** The transfer syntax of results that accept none. */
export const NO_SYNTAX: SyntaxId = { uuid: "00000000-0000-0000-0000-000000000000", major: 0, minor: 0 };

/** Bits of bind-time feature negotiation ([MS-RPCE] 2.2.2.14, 2.2.2.15). */
export const BIND_FEATURES = { securityContextMultiplexing: 1, keepConnectionOnOrphan: 2 } as const;

const FEATURE_PREFIX: Guid = "6cb71c2c-9812-4540-";

/** The pretended transfer syntax that offers features in a bind ([MS-RPCE] 3.3.1.5.3). */
export function bindFeatureSyntax(bits: number): SyntaxId {
  return { uuid: `${FEATURE_PREFIX}${toHex(Uint8Array.of(bits, 0))}-000000000000`, major: 1, minor: 0 };
}

/** The features that a pretended transfer syntax offers; null for a real one. */
export function offeredBindFeatures(id: SyntaxId): number | null {
  if (!id.uuid.startsWith(FEATURE_PREFIX) || id.major !== 1 || id.minor !== 0) return null;
  return Number.parseInt(id.uuid.slice(FEATURE_PREFIX.length, FEATURE_PREFIX.length + 2), 16);
}
